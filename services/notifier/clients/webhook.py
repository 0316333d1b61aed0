"""Posts signed bytes to a stranger's server, which may lie about its address, answer slowly, or answer with floods."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from time import perf_counter

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from services.notifier.domain.delivery import Reply
from services.notifier.domain.targets import Targets

TOTAL_TIMEOUT = timedelta(seconds=15)
"""From the first look-up of the name to the last byte read of the answer."""
MAX_RESPONSE_BYTES = 4096
HEADERS = {"User-Agent": "Steelyard-Webhooks/1", "Content-Type": "application/cloudevents+json; charset=utf-8"}
_AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]


class ForbiddenTarget(OSError):
    """The address is not one of the public internet."""


class _GuardedResolver(aiohttp.ThreadedResolver):
    """Refuses a name altogether when any of its addresses is forbidden."""

    def __init__(self, targets: Targets) -> None:
        super().__init__()
        self._targets = targets

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        try:
            found = await super().resolve(host, port, family)
        except UnicodeError:  # an empty label, or one of more than 63 characters
            raise OSError("the host is not a name that can be looked up") from None
        for result in found:
            _require(self._targets, result["host"])
        return found


class WebhookClient:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @classmethod
    @asynccontextmanager
    async def opened(cls, targets: Targets, *, patience: timedelta = TOTAL_TIMEOUT) -> AsyncIterator["WebhookClient"]:
        """Open the pool of connections: no proxies, no cookies, no decompression."""
        resolver: AbstractResolver = _GuardedResolver(targets)

        def guarded_socket(info: _AddressInfo) -> socket.socket:
            _require(targets, info[4][0])  # the address itself, whatever name or literal led to it
            return socket.socket(*info[:3])

        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, resolver=resolver, socket_factory=guarded_socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=patience.total_seconds()),
            headers=HEADERS,
            auto_decompress=False,
            trust_env=False,
        ) as session:
            yield cls(session)

    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Post once, follow nothing, and tell what came of it."""
        started = perf_counter()
        status, beginning, retry_after, error = None, b"", None, None
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                status, retry_after = response.status, response.headers.get("Retry-After")
                beginning = await _beginning(response)
        except (aiohttp.ClientError, TimeoutError) as failure:
            error = _name(failure)
        duration = timedelta(seconds=perf_counter() - started)
        return Reply(duration=duration, status=status, body=beginning, retry_after=retry_after, error=error)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    while len(body) < MAX_RESPONSE_BYTES and (chunk := await response.content.read(MAX_RESPONSE_BYTES - len(body))):
        body += chunk
    return body


def _require(targets: Targets, address: str) -> None:
    if not targets.admits(address):
        raise ForbiddenTarget("the address is not one of the public internet")


def _name(failure: aiohttp.ClientError | TimeoutError) -> str:
    if isinstance(failure, aiohttp.ClientConnectorError) and isinstance(failure.os_error, ForbiddenTarget):
        return "target_forbidden"
    return next(name for kind, name in _FAILURES if isinstance(failure, kind))


_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (aiohttp.ClientConnectorDNSError, "name_unresolved"),
    (aiohttp.ClientSSLError, "tls_failed"),
    (aiohttp.ClientConnectorError, "connection_failed"),
    (aiohttp.InvalidURL, "url_invalid"),
    (aiohttp.ClientError, "protocol_error"),
)
"""From the most to the least specific."""
