"""An HTTP server inside a process that has more to begin and to end than the server."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from deploy.standalone.protocol import BoundedProtocol

DRAIN_SECONDS = 10
"""What requests in flight get to finish."""
KEEP_ALIVE_SECONDS = 75
"""Longer than any client keeps an unused connection, the gateway among them, so that no request meets a closing one."""


class Server(uvicorn.Server):
    """Serves an application whose lifespan is somebody else's concern."""

    def __init__(self, app: ASGIApp, *, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=BoundedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            ),
        )

    async def serve_until(self, stop: asyncio.Event) -> None:
        """Serve until told to stop, then take nothing new and let requests in flight finish."""
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._leave_when(stop))
            await self.serve()
            watching.cancel()

    async def _leave_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process."""
        yield
