"""The consumer: events in, each one's effect exactly once, offsets moved only after the effect is committed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic
from uuid import UUID

from sqlalchemy import text

from shared.contracts.envelope import Envelope, EventData, RawEnvelope, read_event
from shared.contracts.tenancy import TenantChanged
from shared.contracts.work import Work
from shared.kit.bus.port import Batch, Bus, Message
from shared.kit.faults import is_transient
from shared.kit.log import get_logger
from shared.kit.telemetry import continue_trace
from shared.kit.tenancy import keep_tenant
from shared.kit.unit_of_work import U, Works, joining

Handler = Callable[[Sequence[Envelope[Any]], Work[Any]], Awaitable[None]]
"""Takes events of one type and one tenant, in order, and does all of its work in the given unit."""

_REMEMBER = text(
    "INSERT INTO inbox (consumer, event_id) SELECT :consumer, unnest(CAST(:ids AS uuid[]))"
    " ON CONFLICT DO NOTHING RETURNING event_id",
)
_FORGET = text("DELETE FROM inbox WHERE received_at < clock_timestamp() - make_interval(days => :days)")

KEEP_DAYS = 35
"""Inbox rows outlive every row of an outbox and every message of a topic."""
RETRY_DELAYS = (0.2, 0.8, 3.2)
"""Seconds between the tries an event gets before it goes to the dead letters."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What a service listens to: one handler an event type."""

    handlers: Mapping[type[EventData], Handler]

    @property
    def topics(self) -> tuple[str, ...]:
        names = {kind.topic.name for kind in self.handlers} | {TenantChanged.topic.name}
        return tuple(sorted(names))

    @property
    def kinds(self) -> Mapping[str, type[EventData]]:
        return {kind.event_type: kind for kind in self.handlers}


class Consumer(Generic[U]):
    """One group of one service. Copies of tenants are kept for every service that consumes anything."""

    def __init__(
        self,
        bus: Bus,
        works: Works[U],
        subscriptions: Subscriptions,
        *,
        group: str,
        max_messages: int = 200,
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        self._bus = bus
        self._works = works
        self._subscriptions = subscriptions
        self._group = group
        self._max_messages = max_messages
        self._retry_delays = retry_delays
        self._log = get_logger(__name__).bind(group=group)

    @property
    def group(self) -> str:
        return self._group

    @property
    def topics(self) -> tuple[str, ...]:
        return self._subscriptions.topics

    async def run(self) -> None:
        """Consume until cancelled; a broken connection ends it with an error, and it may be run again."""
        async with self._bus.subscribe(group=self._group, topics=self.topics) as subscription:
            while True:
                for batch in await subscription.fetch(max_messages=self._max_messages, max_wait=1.0):
                    await self.process(batch)
                    await subscription.commit(batch)

    async def process(self, batch: Batch) -> None:
        """Apply a batch tenant by tenant; what cannot be read or applied leaves for the dead letters."""
        readable: list[tuple[Message, RawEnvelope]] = []
        for message in batch.messages:
            try:
                readable.append((message, RawEnvelope.model_validate_json(message.value)))
            except ValueError as error:
                await self._bury(message, error)
        await self._keep_tenants([raw for _, raw in readable])
        by_tenant = sorted(readable, key=lambda pair: pair[1].tenantid)  # a stable sort: order within a tenant stays
        for tenant_id, pairs in groupby(by_tenant, key=lambda pair: pair[1].tenantid):
            await self._apply(tenant_id, list(pairs))

    async def forget(self) -> None:
        """Delete inbox rows older than anything that could still be delivered."""
        async with self._works.database.transaction() as tx:
            await tx.execute(_FORGET, {"days": KEEP_DAYS})
            await tx.commit()

    async def _apply(self, tenant_id: UUID, pairs: Sequence[tuple[Message, RawEnvelope]]) -> None:
        """Try the whole run first; when it keeps failing, find the poison by going one by one."""
        wanted = [pair for pair in pairs if pair[1].type in self._subscriptions.kinds]
        if not wanted:
            return
        try:
            await self._attempt(tenant_id, [raw for _, raw in wanted])
        except Exception as error:
            if is_transient(error):
                raise
            if len(wanted) == 1:
                await self._bury(wanted[0][0], error)
                return
            for pair in wanted:
                await self._apply(tenant_id, [pair])

    async def _attempt(self, tenant_id: UUID, raws: Sequence[RawEnvelope]) -> None:
        for delay in self._retry_delays:
            try:
                await self._once(tenant_id, raws)
            except Exception as error:
                self._log.warning("events.failed", events=len(raws), exc_info=True)
                if len(raws) > 1 and not is_transient(error):
                    raise  # one of them is poison: waiting would not help, going one by one will
                await asyncio.sleep(delay)
            else:
                return
        await self._once(tenant_id, raws)

    async def _once(self, tenant_id: UUID, raws: Sequence[RawEnvelope]) -> None:
        async with self._works.begin(tenant_id) as uow:
            ids = {"consumer": self._group, "ids": [raw.id for raw in raws]}
            fresh = set((await uow.tx.execute(_REMEMBER, ids)).scalars())
            uow.lend()
            for kind, run in groupby((raw for raw in raws if raw.id in fresh), key=lambda raw: raw.type):
                await self._handle(kind, list(run), joining(uow))
            uow.take_back()
            await uow.commit()

    async def _handle(self, type_name: str, raws: Sequence[RawEnvelope], work: Work[U]) -> None:
        kind = self._subscriptions.kinds[type_name]
        continue_trace(raws[0].traceparent)
        envelopes = [Envelope[Any].model_construct(**{**dict(raw), "data": read_event(raw, kind)}) for raw in raws]
        await self._subscriptions.handlers[kind](envelopes, work)

    async def _keep_tenants(self, raws: Sequence[RawEnvelope]) -> None:
        changed = [read_event(raw, TenantChanged) for raw in raws if raw.type == TenantChanged.event_type]
        if not changed:
            return
        async with self._works.database.transaction() as tx:
            for event in changed:
                await keep_tenant(tx, event)
            await tx.commit()

    async def _bury(self, message: Message, error: Exception) -> None:
        """Publish to the dead letters, with nothing of the reason but its kind: a reason may quote personal data."""
        self._log.error("event.dead", topic=message.topic, key=message.key, reason=type(error).__name__)
        await self._bus.publish([Message(f"{message.topic}.dead", f"{self._group}/{message.key}", message.value)])
