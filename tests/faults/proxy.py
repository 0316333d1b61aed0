"""A TCP proxy whose network goes bad while it runs: cut, half-open, slow, stalled; it counts what was on its way."""

import asyncio
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["pass", "cut", "half_open", "slow", "stall"]
"""`cut` resets everything; `half_open` swallows all bytes and closes nothing; `stall` keeps all bytes for later."""
_CHUNK = 64 * 1024
_ABORT = struct.pack("ii", 1, 0)
"""Lingering for zero seconds turns a close into a reset."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mode is like: seconds each chunk waits and how fast chunks flow while the network is `slow`."""

    mode: Mode = "pass"
    latency: float = 0.0
    bytes_per_second: float = float("inf")


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the proxy sees at a moment."""

    open: int
    """Connections."""
    waiting: int
    """Connections whose last byte came from the client: a request without its whole answer."""
    swallowed: int
    """Bytes that a half-open network took, since the proxy began."""
    delayed: int
    """Bytes that a slow network carried, since the proxy began."""
    reset: int
    """Connections reset by the proxy, since it began."""


@dataclass(eq=False)
class _Link:
    """One connection through the proxy, as two streams; without a server in a network that was bad from its start."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    client_spoke_last: bool = False
    lossy: bool = False
    """Bytes are missing, so that it can never be used again."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def reset(self) -> None:
        """End both sides at once, as a lost route does."""
        for task in self.tasks:
            task.cancel()
        for writer in (self.client, self.server):
            if writer is None:
                continue
            with suppress(OSError):
                plug: socket.socket = writer.get_extra_info("socket")
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            writer.transport.abort()

    def close(self) -> None:
        """End both sides after what is still on its way."""
        for writer in (self.client, self.server):
            if writer is not None:
                writer.close()


class Proxy:
    """One listening port in front of one server."""

    def __init__(self, *, target_port: int, host: str = "127.0.0.1") -> None:
        self._host = host
        self._target_port = target_port
        self._terms = Terms()
        self._flows = asyncio.Event()
        self._flows.set()
        self._links: set[_Link] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._swallowed = self._delayed = self._reset = 0

    async def open(self, port: int = 0) -> int:
        """Listen; gives the port."""
        self._server = await asyncio.start_server(self._accept, self._host, port)
        listening: int = self._server.sockets[0].getsockname()[1]
        return listening

    async def close(self) -> None:
        """End every connection and stop listening."""
        if self._server is not None:
            self._server.close()
        self._reset_links(list(self._links))
        await asyncio.gather(*self._serving, return_exceptions=True)

    def switch(self, terms: Terms) -> Traffic:
        """Let other terms hold from now on; gives what was on its way when they began."""
        before, self._terms = self.traffic(), terms
        if terms.mode == "stall":
            self._flows.clear()
        else:
            self._flows.set()
        if terms.mode == "cut":
            self._reset_links(list(self._links))
        elif terms.mode != "half_open":
            self._reset_links([link for link in self._links if link.lossy])
        return before

    def aim(self, target_port: int) -> None:
        """Lead new connections to another port."""
        self._target_port = target_port

    def pairs(self) -> dict[int, int]:
        """Give by the client's port the port by which its connection reaches the server."""
        return {
            link.client.get_extra_info("peername")[1]: link.server.get_extra_info("sockname")[1]
            for link in self._links
            if link.server is not None and not link.client.is_closing() and not link.server.is_closing()
        }

    def traffic(self) -> Traffic:
        return Traffic(
            open=len(self._links),
            waiting=sum(link.client_spoke_last for link in self._links),
            swallowed=self._swallowed,
            delayed=self._delayed,
            reset=self._reset,
        )

    def _reset_links(self, links: Sequence[_Link]) -> None:
        for link in links:
            link.reset()
        self._reset += len(links)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link, task = _Link(writer), asyncio.current_task()
        self._links.add(link)
        if task is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        try:
            await self._serve(link, reader)
        finally:
            self._links.discard(link)
            link.close()

    async def _serve(self, link: _Link, reader: asyncio.StreamReader) -> None:
        if self._terms.mode == "cut":
            self._reset_links([link])
            return
        if self._terms.mode == "half_open":
            link.lossy = True
            link.tasks = [asyncio.create_task(self._swallow(reader))]
        else:
            try:
                upstream, link.server = await asyncio.open_connection(self._host, self._target_port)
            except OSError:
                return
            link.tasks = [
                asyncio.create_task(self._pump(link, reader, link.server, from_client=True)),
                asyncio.create_task(self._pump(link, upstream, link.client, from_client=False)),
            ]
        await asyncio.wait(link.tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in link.tasks:
            task.cancel()
        await asyncio.gather(*link.tasks, return_exceptions=True)

    async def _pump(
        self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_client: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                link.client_spoke_last = from_client
                await self._flows.wait()
                await self._carry(link, data, writer)
            if self._terms.mode == "half_open":  # a network that is half open tells nobody that the other side left
                link.lossy = True
                await asyncio.Event().wait()

    async def _carry(self, link: _Link, data: bytes, writer: asyncio.StreamWriter) -> None:
        terms = self._terms
        if terms.mode == "half_open":
            link.lossy = True
            self._swallowed += len(data)
            return
        if terms.mode == "slow":
            self._delayed += len(data)
            await asyncio.sleep(terms.latency + len(data) / terms.bytes_per_second)
        writer.write(data)
        await writer.drain()

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                self._swallowed += len(data)
            await asyncio.Event().wait()
