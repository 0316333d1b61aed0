"""Calls through the gateway that are made again until they are answered for good, whatever dies meanwhile."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp

from services.gateway.domain.paths import owner_of

Json = dict[str, Any]
ATTEMPT_SECONDS = 8.0
"""Shorter than the longest pause of a process, so that some calls are made again while the first is still worked on."""
PATIENCE_SECONDS = 120.0
"""Longer than any fault lasts; who is not answered by then never will be."""
_PAUSES = (0.05, 0.6)
_AGAIN = frozenset({"idempotency_in_flight"})
"""Codes of a 409 that only ask to come again."""


class Refuted(Exception):
    """Something was answered that cannot be; no run comes back from that."""


class Unexpected(Refuted):
    """The API refused what it must take."""


class GivenUp(Exception):
    """The run ended before the call was answered; nobody knows whether it was carried out."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json
    unanswered: int
    """How many earlier attempts of this very call may have been carried out without telling."""


@dataclass
class Traffic:
    """What the callers see of the API at any moment."""

    open: dict[object, tuple[str, float]] = field(default_factory=dict)
    """Calls in flight: the service that owns the path, and when the attempt began (monotonic seconds)."""
    statuses: Counter[str] = field(default_factory=Counter)
    """Attempts by what came of them."""

    def waiting(self, service: str, *, since: float) -> int:
        """Count the calls to a service (all, for the gateway) begun before `since` and not answered yet."""
        return sum(began < since and service in {owner, "gateway"} for owner, began in self.open.values())


class Gateway:
    """The public API as a caller with endless patience has it; `stop` ends the patience."""

    def __init__(self, base_url: str, *, stop: asyncio.Event, traffic: Traffic, random: Random) -> None:
        self._base_url = base_url
        self._stop = stop
        self._random = random
        self.traffic = traffic
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Gateway"]:
        timeout = aiohttp.ClientTimeout(total=ATTEMPT_SECONDS)
        async with aiohttp.ClientSession(self._base_url, timeout=timeout) as session:
            self._session = session
            yield self

    async def until_answered(self, method: str, path: str, **sent: Any) -> Answer:
        """Call until there is an answer that is not about trying again.

        Raises Unexpected for a refusal, GivenUp once the run is over.
        """
        unanswered, deadline = 0, time.monotonic() + PATIENCE_SECONDS
        while True:
            status, body = await self._attempt(method, path, **sent)
            if status is not None and not _asks_again(status, body):
                if status >= 400 and status != 401:
                    raise Unexpected(f"{method} {path} → {status} {body}")
                return Answer(status, body, unanswered)
            unanswered += status is None or status >= 500
            if self._stop.is_set():
                raise GivenUp(f"{method} {path}")
            if time.monotonic() > deadline:
                raise Unexpected(f"{method} {path} → {status} {body} for {PATIENCE_SECONDS:g} s")
            await asyncio.sleep(self._random.uniform(*_PAUSES))

    async def _attempt(self, method: str, path: str, **sent: Any) -> tuple[int | None, Json]:
        """Give status and body, or no status where the connection failed or time was up."""
        if self._session is None:
            raise RuntimeError("the gateway is not opened")
        call = object()
        self.traffic.open[call] = (owner_of(path) or "gateway", time.monotonic())
        try:
            async with self._session.request(method, path, **sent) as response:
                body = await response.json(content_type=None) if response.status != 204 else {}
                self.traffic.statuses[str(response.status)] += 1
                return response.status, body
        except (aiohttp.ClientError, TimeoutError, ValueError) as failure:  # ValueError: half a body
            self.traffic.statuses[type(failure).__name__] += 1
            return None, {}
        finally:
            del self.traffic.open[call]


def _asks_again(status: int, body: Json) -> bool:
    return status >= 500 or status == 429 or (status == 409 and body.get("code") in _AGAIN)


Grant = Callable[[], Awaitable[Json]]


class Caller:
    """Somebody with a token that renews itself."""

    def __init__(self, gateway: Gateway, grant: Grant) -> None:
        self._gateway = gateway
        self._grant = grant
        self._token = ""
        self._good_until = 0.0
        self._renewing = asyncio.Lock()

    async def call(self, method: str, path: str, *, key: str | None = None, **sent: Any) -> Answer:
        """Call as this caller; `key` makes a POST that is repeated the same one."""
        named = {"Idempotency-Key": key} if key else {}
        for _ in range(3):
            headers = {"Authorization": f"Bearer {await self._renewed()}", **named}
            answer = await self._gateway.until_answered(method, path, headers=headers, **sent)
            if answer.status != 401:
                return answer
            self._good_until = 0.0
        raise Unexpected(f"{method} {path} → 401 with a new token")

    async def get(self, path: str, **params: str) -> Json:
        return (await self.call("GET", path, params=params)).body

    async def all(self, path: str, **params: str) -> list[Json]:
        """Follow the cursor of a list to its end."""
        rows: list[Json] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(path, limit="200", **params, **cursor)
            rows += page["data"]
            if page["next_cursor"] is None:
                return rows
            cursor = {"cursor": page["next_cursor"]}

    async def post(self, path: str, body: object = None, *, key: str) -> Json:
        return (await self.call("POST", path, key=key, json=body)).body

    async def put(self, path: str, body: object) -> Json:
        return (await self.call("PUT", path, json=body)).body

    async def patch(self, path: str, body: object) -> Json:
        return (await self.call("PATCH", path, json=body)).body

    async def _renewed(self) -> str:
        async with self._renewing:
            if time.monotonic() >= self._good_until:
                granted = await self._grant()
                self._token = granted["access_token"]
                self._good_until = time.monotonic() + granted["expires_in"] / 2
            return self._token


def person(gateway: Gateway, *, tenant: str, username: str, password: str) -> Caller:
    """Log somebody in with a local account."""
    body = {"tenant": tenant, "username": username, "password": password}

    async def grant() -> Json:
        return (await gateway.until_answered("POST", "/v1/sessions", json=body)).body

    return Caller(gateway, grant)


def system(gateway: Gateway, *, client_id: str, secret: str) -> Caller:
    """Let a business system in by OAuth 2.0 client credentials."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}

    async def grant() -> Json:
        return (await gateway.until_answered("POST", "/oauth/token", data=form)).body

    return Caller(gateway, grant)
