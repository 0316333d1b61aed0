"""Servers in this process, on free ports: of applications, and of bytes no application would send."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.types import ASGIApp

from deploy.standalone.postgres import HOST
from deploy.standalone.server import Server
from tests.factories.waiting import eventually

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application over real HTTP and give its base URL."""
    server, stop = Server(app, host=HOST, port=0), asyncio.Event()
    task = asyncio.create_task(server.serve_until(stop))

    async def has_started() -> bool:
        return server.started

    await eventually(has_started)
    try:
        yield f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        stop.set()
        await task


@asynccontextmanager
async def serving_whole(app: FastAPI) -> AsyncIterator[str]:
    """Serve an application together with its lifespan."""
    async with app.router.lifespan_context(app), serving(app) as url:
        yield url


@asynccontextmanager
async def talking(talk: Talk, *, port: int = 0) -> AsyncIterator[str]:
    """Speak bytes to whoever connects, hang up afterwards, and give the base URL."""
    talks: set[asyncio.Task[None]] = set()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(greet(reader, writer)))

    server = await asyncio.start_server(begin, HOST, port)
    try:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def saying(answer: bytes) -> Talk:
    """Answer every request with these very bytes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return talk
