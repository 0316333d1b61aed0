"""Consumer with inbox, one transaction a batch, against `getmany` and `commit` of aiokafka alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count as counter
from typing import Any

from benchmarks.events import TENANT_CHANGED, published_scores
from benchmarks.ground import Ground
from benchmarks.harness import Figure, Goal, compare
from benchmarks.kit import kit_database
from shared.contracts.envelope import Event
from shared.contracts.scores import ScorePublished
from shared.contracts.topics import SCORES, TENANCY
from shared.contracts.work import Work
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.kafka.cluster import Cluster
from shared.kit.bus.kafka.consuming import open_consumer
from shared.kit.bus.port import Batch, Subscription
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.subscriptions import Subscriptions
from shared.kit.tenancy import keep_tenant
from shared.kit.unit_of_work import UnitOfWork, Works

_AT_ONCE = 500
_PATIENCE_SECONDS = 120.0
_groups = counter()


async def run(ground: Ground) -> list[Figure]:
    """Give messages a second, from the first batch received to the last one committed."""
    events = [message for _, message in published_scores(ground.sized(40_000, 200_000))]
    broker = await asyncio.to_thread(ground.kafka)
    async with kit_database(ground, "consumer") as database:
        await _make_tenant_known(database)
        bus = KafkaBus(broker)
        try:
            await bus.prepare([SCORES, TENANCY])
            for start in range(0, len(events), 1000):
                await bus.publish(events[start : start + 1000])
            there = sum((await bus.extent([SCORES.name])).ends.values())
            compared = await compare(
                lambda: _consumed(bus, database, there), lambda: _fetched(broker, there), rounds=ground.sized(5, 7)
            )
        finally:
            await bus.close()
    return [compared.figure("consumer with inbox", "messages/s", goal=Goal("ratio", "at_least", 0.4))]


@dataclass
class _Watch:
    """Sees batches come and go; sets `stop` once `expected` messages are committed."""

    expected: int
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    began: float = 0.0
    ended: float = 0.0
    committed: int = 0

    def came(self, batches: Sequence[Batch]) -> None:
        if batches and not self.began:
            self.began = time.perf_counter()

    def went(self, messages: int) -> None:
        self.committed += messages
        if self.committed >= self.expected:
            self.ended = time.perf_counter()
            self.stop.set()

    @property
    def rate(self) -> float:
        return self.committed / (self.ended - self.began)


@dataclass(frozen=True, slots=True)
class _WatchedBus:
    """A bus whose subscriptions are watched; a consumer asks it for nothing else."""

    bus: KafkaBus
    watch: _Watch

    @asynccontextmanager
    async def subscribe(self, *, group: str, topics: Sequence[str]) -> AsyncIterator["_WatchedSubscription"]:
        async with self.bus.subscribe(group=group, topics=topics) as subscription:
            yield _WatchedSubscription(subscription, self.watch)


@dataclass(frozen=True, slots=True)
class _WatchedSubscription:
    subscription: Subscription
    watch: _Watch

    async def fetch(self, *, max_messages: int, max_wait: float) -> list[Batch]:
        batches = await self.subscription.fetch(max_messages=max_messages, max_wait=max_wait)
        self.watch.came(batches)
        return batches

    async def commit(self, batch: Batch) -> None:
        await self.subscription.commit(batch)
        self.watch.went(len(batch.messages))


async def _consumed(bus: KafkaBus, database: Database, count: int) -> float:
    watch = _Watch(count)

    async def nothing(_: Sequence[Event[Any]], __: Work[Any]) -> None:
        """Leave all work to the consumer."""

    consumer = Consumer(
        _WatchedBus(bus, watch),  # type: ignore[arg-type]  # as much of a bus as a consumer needs
        Works(database, UnitOfWork),
        Subscriptions({ScorePublished: nothing}),
        group=f"bench-{next(_groups)}",
        max_messages=_AT_ONCE,
    )
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await consumer.run(watch.stop)
    return watch.rate


async def _fetched(broker: str, count: int) -> float:
    reader = open_consumer(Cluster.read(broker), group=f"bench-{next(_groups)}")
    reader.subscribe([SCORES.name])
    await reader.start()
    watch = _Watch(count)
    try:
        while not watch.stop.is_set():
            found = await reader.getmany(timeout_ms=500, max_records=_AT_ONCE)
            messages = sum(map(len, found.values()))
            if messages and not watch.began:
                watch.began = time.perf_counter()
            if messages:
                await reader.commit()
                watch.went(messages)
    finally:
        await reader.stop()
    return watch.rate


async def _make_tenant_known(database: Database) -> None:
    async with database.transaction() as tx:
        await keep_tenant(tx, TENANT_CHANGED)
        await tx.commit()
