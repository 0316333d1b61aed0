"""A process that erases one row at a time, to be killed: `python -m …eraser <service> <url>`."""

import asyncio
import sys
from importlib import import_module

from shared.kit.db import Database
from shared.kit.holdings.erasing import erase_pending
from shared.kit.holdings.tables import Holdings


async def main(service: str, url: str) -> None:
    metadata = import_module(f"services.{service}.store.tables").metadata
    holdings = Holdings(Database(url, schema=service, pool_size=1), metadata)
    while not await erase_pending(holdings, rows=1):
        pass


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
