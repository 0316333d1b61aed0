"""Pure ASGI middleware of whatever faces the world: headers that protect browsers, and a limit on time."""

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kit.http.headers import Header
from shared.kit.http.problems import problem_response

_ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""As OWASP's REST Security Cheat Sheet has it; an answer that says otherwise, such as a page, is left its own."""
_NOT_STORED: Header = (b"cache-control", b"no-store")
_TRANSPORT = b"strict-transport-security"


class Hardened:
    """Adds the headers to every answer; those to a caller with credentials may be stored nowhere besides."""

    def __init__(self, app: ASGIApp, *, https_only_seconds: int = 0) -> None:
        transport = (_TRANSPORT, f"max-age={https_only_seconds}; includeSubDomains".encode())
        self._app = app
        self._always = (*_ALWAYS, transport) if https_only_seconds else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = any(name == b"authorization" for name, _ in scope["headers"])
        wanted = (*self._always, _NOT_STORED) if known else self._always

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                message = {**message, "headers": [*given, *(pair for pair in wanted if pair[0] not in names)]}
            await send(message)

        await self._app(scope, receive, hardened)


class TimeLimited:
    """Gives up on a request whose answer has not begun in time; what it was doing is cancelled and rolled back."""

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = asyncio.timeout(self._seconds)

        async def in_time(message: Message) -> None:
            if message["type"] == "http.response.start":
                limit.reschedule(None)
            await send(message)

        try:
            async with limit:
                await self._app(scope, receive, in_time)
        except TimeoutError:
            if not limit.expired():
                raise
            await self._late(scope)(scope, receive, send)

    def _late(self, scope: Scope) -> ASGIApp:
        detail = f"There was no answer within {self._seconds:g} seconds; whether it took effect is unknown."
        return problem_response(Request(scope), 504, code="time_limit_exceeded", detail=detail, retryable=True)
