"""The proxies in a process of their own, so that load does not slow them; ordered about line by line."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import uvloop

from deploy.standalone.settings import ROOT
from tests.faults.proxy import Proxy, Terms, Traffic

Routes = Mapping[str, tuple[int, int]]
"""By name the port to listen on and the port behind it."""
_READY = "ready"


class Proxies:
    """What the test holds in its hand of that process; it ends with the pipe to it, however the test ends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def switch(self, name: str, terms: Terms) -> Traffic:
        """Let other terms hold; gives what was on its way when they began."""
        wanted = {**asdict(terms), "bytes_per_second": min(terms.bytes_per_second, 1e12)}
        return Traffic(**await self._ask({"switch": name, "terms": wanted}))

    async def traffic(self, name: str) -> Traffic:
        return Traffic(**await self._ask({"traffic": name}))

    async def aim(self, name: str, target_port: int) -> None:
        """Lead new connections to a server that came back on another port."""
        await self._ask({"aim": name, "port": target_port})

    async def pairs(self, name: str) -> Mapping[int, int]:
        """Give by the client's port the port by which its connection reaches the server."""
        answer = await self._ask({"pairs": name})
        return {int(client): server for client, server in answer.items()}

    async def _ask(self, order: Mapping[str, Any]) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the proxies have no pipes")
        async with self._turn:
            self._process.stdin.write(f"{json.dumps(order)}\n".encode())
            return json.loads(await self._process.stdout.readline())


@asynccontextmanager
async def proxying(routes: Routes) -> AsyncIterator[Proxies]:
    """Run proxies until the block ends."""
    arguments = [f"{name}:{port}:{target}" for name, (port, target) in routes.items()]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.proxies", *arguments),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        if process.stdout is None or (await process.stdout.readline()).decode().strip() != _READY:
            raise RuntimeError("the proxies did not start")
        yield Proxies(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def serve(routes: Routes) -> None:
    """Open the proxies and obey the lines that come in, until none comes any more."""
    proxies = {name: Proxy(target_port=target) for name, (_, target) in routes.items()}
    for name, proxy in proxies.items():
        await proxy.open(routes[name][0])
    orders = await _lines_of_stdin()
    print(_READY, flush=True)  # noqa: T201 -- the answer its parent waits for
    while line := await orders.readline():
        print(json.dumps(_obey(proxies, json.loads(line))), flush=True)  # noqa: T201 -- see above
    for proxy in proxies.values():
        await proxy.close()


def _obey(proxies: Mapping[str, Proxy], order: Mapping[str, Any]) -> Any:
    match order:
        case {"switch": name, "terms": terms}:
            return asdict(proxies[name].switch(Terms(**terms)))
        case {"aim": name, "port": port}:
            return proxies[name].aim(port)
        case {"pairs": name}:
            return proxies[name].pairs()
        case {"traffic": name}:
            return asdict(proxies[name].traffic())
    raise ValueError(f"no such order: {order}")


async def _lines_of_stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _route(argument: str) -> tuple[str, tuple[int, int]]:
    name, port, target = argument.split(":")
    return name, (int(port), int(target))


if __name__ == "__main__":
    uvloop.run(serve(dict(map(_route, sys.argv[1:]))))
