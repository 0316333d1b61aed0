"""Services in processes of their own, reached by URL over one pool of connections; each is an ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from starlette.types import ASGIApp, Receive, Scope, Send
from yarl import URL

from services.gateway.clients.body import CallerLeft, PassingBody
from shared.core.errors import Unavailable
from shared.kit.log import get_logger

Headers = list[tuple[str, str]]

MAX_CONNECTIONS = 100
"""To one service; who waits longer than `connect_seconds` for a free one is told to come back."""
IDLE_SECONDS = 15.0
"""How long an unused connection is kept; servers must keep theirs longer, lest a request meet a closing one."""
_ADDED_BY_CLIENTS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_OURS = frozenset({b"host", b"expect", b"content-length"})
"""Set anew for the connection to the service; the caller's `Expect` was answered when its body was read."""
_THEIRS = frozenset({b"date", b"server"})
"""Said anew by the server that gives the answer to the caller."""
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service is waited for."""

    connect_seconds: float = 3.0
    """Until there is a connection, waiting for a free place in the pool included."""
    silent_seconds: float = 30.0
    """Between any two pieces of an answer, the first included."""
    total_seconds: float = 120.0
    """From the first byte asked to the last one answered, at the caller's own pace."""


class RemoteServices:
    """Gives one application a service; they answer while `opened` lasts."""

    def __init__(self, urls: Mapping[str, str], *, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._session: aiohttp.ClientSession | None = None
        self.upstreams: Mapping[str, ASGIApp] = {
            service: _Remote(service, url, self._opened_session) for service, url in urls.items()
        }

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the pool: no proxies, no cookies, no redirects, nothing unpacked."""
        patience = self._patience
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=MAX_CONNECTIONS, keepalive_timeout=IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=patience.total_seconds, connect=patience.connect_seconds, sock_read=patience.silent_seconds
            ),
            skip_auto_headers=_ADDED_BY_CLIENTS,
            auto_decompress=False,
            trust_env=False,
        ) as session:
            self._session = session
            yield

    def _opened_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the pool of connections is not open")
        return self._session


class _Remote:
    """Hands a request over and its answer back, both as they flow.

    Raises Unavailable (`service_unavailable`) where the service fails; an answer that has begun is then left without
    an end, so that nobody takes it for whole.
    """

    def __init__(self, service: str, url: str, session: Callable[[], aiohttp.ClientSession]) -> None:
        self._service = service
        self._url = url.rstrip("/")
        self._session = session
        self._log = get_logger(__name__).bind(upstream=service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = PassingBody(receive)
        answering = asyncio.create_task(self._answer(scope, body, send))
        leaving = asyncio.create_task(body.until_caller_leaves())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over = answering.done()
            answering.cancel()
            leaving.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)
        if over:
            answering.result()

    async def _answer(self, scope: Scope, body: PassingBody, send: Send) -> None:
        try:
            await self._pass_on(scope, body, send)
        except CallerLeft:
            return
        except (aiohttp.ClientError, TimeoutError) as error:
            if isinstance(body.failure, CallerLeft):
                return
            if body.failure:
                raise body.failure from None
            self._log.warning("upstream.failed", reason=type(error).__name__)
            raise Unavailable("service_unavailable", f"The service {self._service} does not answer now.") from error

    async def _pass_on(self, scope: Scope, body: PassingBody, send: Send) -> None:
        data = await body.begun()
        headers = _headers(scope, streamed=not isinstance(data, bytes | None))
        url = URL(self._url + _target(scope), encoded=True)
        async with self._session().request(
            scope["method"], url, headers=headers, data=data, allow_redirects=False
        ) as response:
            _require_end(scope["method"], response)
            answered = [pair for pair in response.raw_headers if pair[0].lower() not in _THEIRS]
            await send({"type": "http.response.start", "status": response.status, "headers": answered})
            async for piece in response.content.iter_any():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _target(scope: Scope) -> str:
    """Write path and query as the caller did; servers refuse what is not ASCII there."""
    target: str = scope["raw_path"].decode("ascii")
    query: str = scope["query_string"].decode("ascii")
    return f"{target}?{query}" if query else target


def _headers(scope: Scope, *, streamed: bool) -> Headers:
    """Take the request's headers along; a streamed body keeps the length its caller announced."""
    ours = _OURS - {b"content-length"} if streamed else _OURS
    return [(name.decode("latin-1"), _text(value)) for name, value in scope["headers"] if name.lower() not in ours]


def _text(value: bytes) -> str:
    """Read a header as the client will write it again, in UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _require_end(method: str, response: aiohttp.ClientResponse) -> None:
    """Refuse an answer whose end is that of the connection, for nothing tells it from one that broke off."""
    framed = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
    if not framed and method != "HEAD" and response.status not in _BODILESS:
        raise aiohttp.ClientPayloadError("neither a length nor chunks")
