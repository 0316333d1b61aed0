"""Small documents from hosts that somebody else has named: guarded at every connect, bounded, in time, no redirects."""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpcore

from shared.core.addresses import is_public

PATIENCE = timedelta(seconds=10)
"""From the first look-up of the name to the last byte read."""
MOST_BYTES = 256 * 1024
_CONNECTIONS = 20


class Unreachable(Exception):
    """No answer, none in time, too long a one, or none that may be fetched from there."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses it has looked at itself, so that no second look-up can give another."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await self._address(host, port)
        return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

    async def _address(self, host: str, port: int) -> str:
        """Refuse a name altogether when any of its addresses is forbidden."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("the name cannot be looked up") from None
        addresses = [str(info[4][0]) for info in found]
        if not addresses or not (self._allow_private or all(map(is_public, addresses))):
            raise httpcore.ConnectError("the address is not one of the public internet")
        return addresses[0]


class GuardedClient:
    def __init__(self, *, allow_private: bool, patience: timedelta = PATIENCE) -> None:
        self._patience = patience
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=_CONNECTIONS,
            network_backend=_GuardedBackend(allow_private=allow_private),
        )

    async def get(self, url: str) -> Answer:
        """Raise Unreachable."""
        return await self._ask("GET", url, {}, None)

    async def post(self, url: str, form: bytes, headers: Mapping[str, str]) -> Answer:
        """Raise Unreachable."""
        return await self._ask("POST", url, {**headers, "Content-Type": "application/x-www-form-urlencoded"}, form)

    async def close(self) -> None:
        await self._pool.aclose()

    async def _ask(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Answer:
        said = {"Accept": "application/json", "User-Agent": "Steelyard/1", **headers}
        try:
            async with (
                asyncio.timeout(self._patience.total_seconds()),
                self._pool.stream(method, url, headers=list(_encoded(said)), content=content) as response,
            ):
                return Answer(response.status, await _bounded(response))
        except (TimeoutError, OSError, ssl.SSLError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unreachable(type(error).__name__) from error
        except (httpcore.TimeoutException, httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            raise Unreachable(type(error).__name__) from error


def _encoded(headers: Mapping[str, str]) -> Iterable[tuple[bytes, bytes]]:
    return ((name.encode(), value.encode("latin-1")) for name, value in headers.items())


async def _bounded(response: httpcore.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Unreachable("the answer is too long")
    return body
