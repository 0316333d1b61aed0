"""Decide whether a request may go on: from what this process holds of the caller's quota, seldom by asking for more."""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from services.gateway.domain.rate_limit import Kind, Quota, Quotas, Ration, Standing
from services.gateway.usecases.ports.quotas import Overrides, SharedQuotas
from shared.core.errors import RateLimited

MOST_RATIONS = 20_000
"""Remembered at once; who is forgotten loses what was held, which can only make a quota smaller."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is counted: an account or client of a company, or, before anybody has logged in, an address."""

    name: str
    tenant_id: UUID | None = None

    @property
    def key(self) -> str:
        return f"{self.tenant_id or 'address'}/{self.name}"


@dataclass(slots=True)
class _Held:
    ration: Ration
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Rationing:
    """Counts the requests of this process.

    Over any time of a quota, all processes together let through at most the quota and a block for each of them.
    """

    def __init__(
        self,
        shared: SharedQuotas,
        overrides: Overrides,
        *,
        defaults: Quotas,
        most_in_flight: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared = shared
        self._overrides = overrides
        self._defaults = defaults
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._in_flight: Counter[str] = Counter()
        self.most_in_flight = most_in_flight

    async def spend(self, caller: Caller, kind: Kind) -> Standing:
        """Count one request of a kind. Raises Exceeded (`rate_limited`)."""
        held = self._remembered(f"{caller.key}/{kind}", kind)
        if held.ration.is_due(self._clock()):
            await self._renew(held, caller, kind)
        return held.ration.spend(kind, now=self._clock())

    @contextmanager
    def in_flight(self, caller: Caller) -> Iterator[int]:
        """Hold one of the caller's places, and tell how many are free. Raises RateLimited (`too_many_in_flight`)."""
        if self._in_flight[caller.key] >= self.most_in_flight:
            detail = f"At most {self.most_in_flight} requests at the same time; wait for the answer to one of them."
            raise RateLimited("too_many_in_flight", detail, retry_after=1)
        self._in_flight[caller.key] += 1
        try:
            yield self.most_in_flight - self._in_flight[caller.key]
        finally:
            self._in_flight[caller.key] -= 1
            if not self._in_flight[caller.key]:
                del self._in_flight[caller.key]

    async def quotas(self, tenant_id: UUID) -> Mapping[tuple[str, Kind], Quota]:
        """Give what holds in a company, by account or client, and under no name for all the others."""
        defaults: dict[tuple[str, Kind], Quota] = {("", kind): quota for kind, quota in self._defaults.items()}
        return {**defaults, **await self._overrides.of(tenant_id)}

    async def _renew(self, held: _Held, caller: Caller, kind: Kind) -> None:
        """Ask for more, once for all requests of the caller that wait for it."""
        async with held.renewing:
            while held.ration.is_due(self._clock()):
                quota = await self._quota(caller, kind)
                grant = await self._shared.take(f"{caller.key}/{kind}", quota)
                held.ration.renew(quota, grant, now=self._clock())

    async def _quota(self, caller: Caller, kind: Kind) -> Quota:
        own: Mapping[tuple[str, Kind], Quota] = {}
        if caller.tenant_id is not None:
            own = await self._overrides.of(caller.tenant_id)
        return own.get((caller.name, kind)) or own.get(("", kind)) or self._defaults[kind]

    def _remembered(self, key: str, kind: Kind) -> _Held:
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = _Held(Ration(self._defaults[kind]))
            if len(self._held) > MOST_RATIONS:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return held
