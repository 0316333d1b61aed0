"""Watches how far events have come: what outboxes hold, how far the log reaches, where every group is."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module

from aiokafka.errors import KafkaError

from deploy.migrate import SERVICES
from shared.contracts.topics import EVENT_TOPICS
from shared.kit.bus.port import Bus, Extent, Partition
from shared.kit.subscriptions import Subscriptions
from tests.faults.direct import Away, Direct

_EVERY_SECONDS = 0.7
_FRESH_SECONDS = 3.0


def subscriptions_of(service: str) -> Subscriptions:
    found: Subscriptions = import_module(f"services.{service}.events.subscriptions").SUBSCRIPTIONS
    return found


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything that was under way at a moment: positions of outboxes, ends of the log, events for each topic."""

    at: float
    positions: Mapping[str, int]
    ends: Mapping[Partition, int]
    events: Mapping[str, int]
    log_id: str


@dataclass
class Watch:
    """Looks again and again; `seen_at` says how old its picture of the bus is."""

    bus: Bus
    direct: Direct
    log_id: str = ""
    ends: Mapping[Partition, int] = field(default_factory=dict)
    lags: dict[str, Mapping[Partition, int]] = field(default_factory=dict)
    furthest: dict[tuple[str, Partition], int] = field(default_factory=dict)
    """Where each group has ever been in this log, whatever was replayed to it since."""
    seen_at: float = 0.0
    _looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._looking = asyncio.create_task(self._look_on())

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def lag(self, group: str) -> int:
        """Give the messages a group has yet to commit, 0 where nobody has been able to look of late."""
        fresh = time.monotonic() - self.seen_at < _FRESH_SECONDS
        return sum(self.lags.get(group, {}).values()) if fresh else 0

    async def mark(self) -> Mark:
        """Remember what is under way now. Raises Away."""
        outboxes, events = await self.direct.outbox(), await self.direct.events()
        positions = {service: outbox.last for service, outbox in outboxes.items()}
        return Mark(time.monotonic(), positions, dict(self.ends), events, self.log_id)

    async def has_passed(self, mark: Mark, *, refilled: bool = False, again: bool = False) -> bool:
        """Tell whether all of it has been published and settled, by a look that began after the mark.

        `refilled` asks for more: that the log holds as many messages as the outboxes held rows; `again` too: that every
        group is there now, whether or not it has been before.
        """
        if self.seen_at < mark.at + _EVERY_SECONDS:
            return False
        try:
            outboxes = await self.direct.outbox()
        except Away:
            return False
        if refilled and not self._is_refilled(mark):
            return False
        published = all(outboxes[service].has_passed(position) for service, position in mark.positions.items())
        ends = mark.ends if mark.log_id == self.log_id else {}
        return published and all(self.settled(service, ends, again=again) for service in SERVICES)

    async def is_drained(self) -> bool:
        """Tell whether nothing waits anywhere: no row, no message, no delivery."""
        began = time.monotonic()
        try:
            outboxes, deliveries = await self.direct.outbox(), await self.direct.deliveries()
        except Away:
            return False
        waiting = sum(outbox.waiting for outbox in outboxes.values()) + sum(deliveries.values())
        lag = sum(sum(lags.values()) for lags in self.lags.values())
        return not waiting and not lag and self.seen_at > began - _EVERY_SECONDS and len(self.lags) == len(SERVICES)

    def _is_refilled(self, mark: Mark) -> bool:
        """Compare topic by topic: several services write to one, and one writes to several."""
        held: Counter[str] = Counter()
        for (topic, _), end in self.ends.items():
            held[topic] += end
        return self.log_id != mark.log_id and all(held[topic] >= events for topic, events in mark.events.items())

    def settled(self, group: str, ends: Mapping[Partition, int], *, again: bool) -> bool:
        """Tell whether a group has got to `ends`, ever or, where it must be there `again`, now."""
        topics = subscriptions_of(group).topics
        come = self._position if again else self._furthest
        return all(come(group, partition) >= end for partition, end in ends.items() if partition[0] in topics)

    def _position(self, group: str, partition: Partition) -> int:
        return self.ends.get(partition, 0) - self.lags.get(group, {}).get(partition, 0)

    def _furthest(self, group: str, partition: Partition) -> int:
        return self.furthest.get((group, partition), 0)

    async def _look_on(self) -> None:
        while True:
            with suppress(KafkaError, OSError, TimeoutError):
                await self._look()
            await asyncio.sleep(_EVERY_SECONDS)

    async def _look(self) -> None:
        began = time.monotonic()
        extent = await self.bus.extent([topic.name for topic in EVENT_TOPICS])
        lags = {group: await self.bus.lag(group=group, topics=subscriptions_of(group).topics) for group in SERVICES}
        self.note(extent, lags, at=began)

    def note(self, extent: Extent, lags: dict[str, Mapping[Partition, int]], *, at: float) -> None:
        """Take in what a look saw."""
        if extent.log_id != self.log_id:
            self.furthest.clear()
        self.log_id, self.ends, self.lags, self.seen_at = extent.log_id, extent.ends, lags, at
        for group, behind in lags.items():
            for partition in behind:
                come = max(self._position(group, partition), self._furthest(group, partition))
                self.furthest[group, partition] = come


async def unpublished(direct: Direct, services: Sequence[str] = SERVICES) -> int:
    """Count the rows that wait to be published, 0 where nobody can tell."""
    try:
        outboxes = await direct.outbox()
    except Away:
        return 0
    return sum(outboxes[service].waiting for service in services)
