"""`python -m benchmarks.plain PORT`: a service that does nothing but answer, as a gateway and nginx find it alike."""

import asyncio
import sys
from functools import partial

from starlette.types import Receive, Scope, Send

from deploy.standalone.postgres import HOST
from deploy.standalone.process import keep_what_is_loaded, run_until_told
from deploy.standalone.server import Server

_BODY = b'{"id":"01a1b2c3-0000-7000-8000-000000000000","code":"SALES","name":"Sales","parent_id":null,"heads":[]}'
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))],
}


async def answer(_: Scope, __: Receive, send: Send) -> None:
    await send(_START)
    await send({"type": "http.response.body", "body": _BODY})


async def serve(port: int, stop: asyncio.Event) -> None:
    keep_what_is_loaded()
    await Server(answer, host=HOST, port=port).serve_until(stop)


if __name__ == "__main__":
    run_until_told(partial(serve, int(sys.argv[1])))
