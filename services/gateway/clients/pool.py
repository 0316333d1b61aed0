"""Connections to one service: so many at once, waited for so long, and a question that met a dead one asked again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from services.gateway.clients.body import PassingBody
from services.gateway.clients.circuit import Circuit, away

Headers = list[tuple[str, str]]

MAX_CONNECTIONS = 100
"""To one service; who waits longer than `place_seconds` for a free one is told to come back."""
IDLE_SECONDS = 15.0
"""How long an unused connection is kept; servers must keep theirs longer, lest a request meet a closing one."""
_ADDED_BY_CLIENTS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_IDEMPOTENT = frozenset({"PUT", "DELETE"})
_CONDITION = "if-match"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service is waited for."""

    place_seconds: float = 3.0
    """Until there is a free place among the connections."""
    connect_seconds: float = 3.0
    """Until there is a connection, from then on."""
    silent_seconds: float = 30.0
    """Between any two pieces of an answer, the first included."""
    total_seconds: float = 120.0
    """From the first byte asked to the last one answered, at the caller's own pace."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request to a service."""

    method: str
    url: URL
    headers: Headers
    data: bytes | AsyncIterator[bytes] | None
    body: PassingBody
    """Where `data` comes from; it knows whether the caller broke it off."""

    def may_be_repeated(self, error: BaseException) -> bool:
        """Tell whether asking again does no more than asking once, of a question that saw nothing of an answer.

        Only what was held in memory can be said again. A condition may have been true only the first time.
        """
        if not isinstance(self.data, bytes | None):
            return False
        if isinstance(error, aiohttp.ClientConnectorError):
            return True  # nothing was sent
        seen = isinstance(error, aiohttp.ServerDisconnectedError) and not isinstance(error.message, str)
        broken = (aiohttp.ClientOSError, aiohttp.ClientConnectionResetError, aiohttp.ServerDisconnectedError)
        return isinstance(error, broken) and not seen and self._is_idempotent

    @property
    def _is_idempotent(self) -> bool:
        conditional = any(name.lower() == _CONDITION for name, _ in self.headers)
        return self.method in _SAFE or (self.method in _IDEMPOTENT and not conditional)


class Pool:
    """Asks one service; it does while `opened` lasts."""

    def __init__(self, service: str, *, patience: Patience, clock: Callable[[], float]) -> None:
        self._service = service
        self._patience = patience
        self._circuit = Circuit(service, clock=clock)
        self._places = asyncio.Semaphore(MAX_CONNECTIONS)
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open it: no proxies, no cookies, no redirects, nothing unpacked."""
        patience = self._patience
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=patience.total_seconds, connect=patience.connect_seconds, sock_read=patience.silent_seconds
            ),
            skip_auto_headers=_ADDED_BY_CLIENTS,
            middlewares=(_asking_once,),
            auto_decompress=False,
            trust_env=False,
        ) as session:
            self._session = session
            yield

    @asynccontextmanager
    async def answering(self, question: Question) -> AsyncIterator[aiohttp.ClientResponse]:
        """Give the answer once its head is there. Raises Unavailable (`service_unavailable`)."""
        await self._take_place()
        try:
            async with await self._answer(question) as response:
                yield response
        finally:
            self._places.release()

    async def _take_place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(self._patience.place_seconds):
                await self._places.acquire()
        except TimeoutError:
            self._circuit.count("crowded_out")
            raise away(self._service) from None

    async def _answer(self, question: Question) -> aiohttp.ClientResponse:
        answer = await self._try(question)
        if isinstance(answer, BaseException) and question.may_be_repeated(answer):
            self._circuit.count("repeated")
            answer = await self._try(question)
        if isinstance(answer, BaseException):
            raise away(self._service) from answer
        return answer

    async def _try(self, question: Question) -> aiohttp.ClientResponse | BaseException:
        """Ask once; gives the answer, or why there is none. Raises what broke the caller's own body off."""
        if self._session is None:
            raise RuntimeError("the pool of connections is not open")
        asked_at = self._circuit.admit()
        try:
            response = await self._session.request(
                question.method, question.url, headers=question.headers, data=question.data, allow_redirects=False
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            if question.body.failure:
                raise question.body.failure from None
            reason = error.__cause__ if isinstance(error, _Failed) else None
            self._circuit.failed(asked_at, reason or error)
            return reason or error
        self._circuit.answered()
        return response


class _Failed(aiohttp.ClientError):
    """Keeps a failure from the client, which would ask again by rules of its own."""


async def _asking_once(request: aiohttp.ClientRequest, ask: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await ask(request)
    except aiohttp.ClientError as error:
        raise _Failed from error
