"""Services in processes of their own, reached by URL over a pool of connections each; each is an ASGI application."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus

import aiohttp
from starlette.types import ASGIApp, Receive, Scope, Send
from yarl import URL

from services.gateway.clients.body import CallerLeft, PassingBody, WhileCallerStays
from services.gateway.clients.circuit import away
from services.gateway.clients.pool import Headers, Patience, Pool, Question
from shared.kit.log import get_logger

SMALL_BYTES = 64 * 1024
"""An answer up to this length is passed on in one piece: whole, or not at all."""
_OURS = frozenset({b"host", b"expect", b"content-length"})
"""Set anew for the connection to the service; the caller's `Expect` was answered when its body was read."""
_THEIRS = frozenset({b"date", b"server"})
"""Said anew by the server that gives the answer to the caller."""
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class RemoteServices:
    """Gives one application a service; they answer while `opened` lasts. `clock` gives seconds that only grow."""

    def __init__(
        self,
        urls: Mapping[str, str],
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        patience = patience or Patience()
        self._pools = {service: Pool(service, patience=patience, clock=clock) for service in urls}
        self.upstreams: Mapping[str, ASGIApp] = {
            service: _Remote(service, url, self._pools[service]) for service, url in urls.items()
        }

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the pools."""
        async with AsyncExitStack() as stack:
            for pool in self._pools.values():
                await stack.enter_async_context(pool.opened())
            yield


class _Remote:
    """Hands a request over and its answer back, long ones as they flow.

    Raises Unavailable (`service_unavailable`) where the service fails; an answer that has begun is then left without
    an end, so that nobody takes it for whole.
    """

    def __init__(self, service: str, url: str, pool: Pool) -> None:
        self._service = service
        self._url = url.rstrip("/")
        self._pool = pool
        self._log = get_logger(__name__).bind(upstream=service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = PassingBody(receive)
        try:
            async with WhileCallerStays(body):
                await self._pass_on(scope, body, send)
        except CallerLeft:
            return

    async def _pass_on(self, scope: Scope, body: PassingBody, send: Send) -> None:
        data = await body.begun()
        headers = _headers(scope, streamed=not isinstance(data, bytes | None))
        url = URL(self._url + _target(scope), encoded=True)
        async with self._pool.answering(Question(scope["method"], url, headers, data, body)) as response:
            try:
                await _hand_back(scope["method"], response, send)
            except (aiohttp.ClientError, TimeoutError) as error:
                if body.failure:
                    raise body.failure from None
                self._log.warning("upstream.broke_off", reason=type(error).__name__)
                raise away(self._service) from error


async def _hand_back(method: str, response: aiohttp.ClientResponse, send: Send) -> None:
    _require_end(method, response)
    headers = [pair for pair in response.raw_headers if pair[0].lower() not in _THEIRS]
    start = {"type": "http.response.start", "status": response.status, "headers": headers}
    if (length := response.content_length) is not None and length <= SMALL_BYTES:
        whole = await response.read()
        await send(start)
        await send({"type": "http.response.body", "body": whole})
        return
    await send(start)
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
