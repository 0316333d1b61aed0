"""A member of a group that takes a batch and then holds on to it until it is killed: `… <url> <group> <topic>`."""

import asyncio
import sys

from shared.kit.bus.connect import connect_bus


async def main(url: str, group: str, topic: str) -> None:
    bus = connect_bus(url)
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        while not (batches := await subscription.fetch(max_messages=2, max_wait=1.0)):
            pass
        sys.stdout.write(f"{len(batches[0].messages)}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
