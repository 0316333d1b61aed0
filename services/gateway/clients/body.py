"""A caller's request body on its way through: read as the service behind takes it, ended as the caller ends it."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType

from starlette.types import Message, Receive

LOOK_SECONDS = 0.05
"""Answers that come sooner are not worth looking whether anybody still waits for them."""


class CallerLeft(Exception):
    """Nobody waits for the answer any more."""


class PassingBody:
    """Reads from `receive`; a body that broke off never looks like one that ended."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = asyncio.Event()
        self.failure: Exception | None = None
        """Why no more of it could be read; HTTP clients hide this behind errors of their own."""

    async def begun(self) -> bytes | AsyncIterator[bytes] | None:
        """Wait for the beginning; a short body is bytes, none at all is None, and the rest comes piece by piece."""
        message = await self._next()
        beginning: bytes = message.get("body", b"")
        return self._pieces(beginning) if message.get("more_body") else beginning or None

    async def until_caller_leaves(self) -> None:
        """Wait until the body has ended and the connection goes; an ended body is followed by nothing else."""
        await self._ended.wait()
        await self._receive()

    async def _pieces(self, piece: bytes) -> AsyncIterator[bytes]:
        more = True
        while more:
            if piece:
                yield piece
            message = await self._next()
            piece, more = message.get("body", b""), message.get("more_body", False)
        if piece:
            yield piece

    async def _next(self) -> Message:
        try:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise CallerLeft  # noqa: TRY301 -- kept like any other failure
        except Exception as error:
            self.failure = error
            raise
        if not message.get("more_body"):
            self._ended.set()
        return message


class WhileCallerStays:
    """Ends the work in hand when the caller leaves. Raises CallerLeft in its place."""

    def __init__(self, body: PassingBody) -> None:
        self._body = body
        self._left = False
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        work = asyncio.current_task()
        if work is None:
            raise RuntimeError("only a task can be ended")
        self._work = work
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._begin_to_look)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()
        if self._left and not self._work.uncancel() and kind is asyncio.CancelledError:
            raise CallerLeft from None

    def _begin_to_look(self) -> None:
        self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        await self._body.until_caller_leaves()
        self._left = True
        self._work.cancel()
