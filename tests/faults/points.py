"""Named points at which a process ends or stops itself, exactly there, when a file tells it to.

Production code knows nothing of them: they lie in decorators around the ports, put in place where wiring is done.
"""

import asyncio
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args

from services.notifier.domain.delivery import Outcome, Parcel
from services.notifier.usecases.ports import Bell, DeliveryQueue
from shared.contracts.envelope import UNREADABLE, Head, read_head
from shared.contracts.topics import Topic
from shared.kit.bus.port import Batch, Bus, Extent, Message, Partition, Place, Subscription

Point = Literal[
    "relay.before_publish",
    "relay.after_publish",
    "consumer.before_commit",
    "consumer.after_commit",
    "delivery.before_settle",
]
"""After commit before publish; after publish before mark; after effect before offset; after offset, where everything
must have had its effect; after sending before settling."""
POINTS: tuple[Point, ...] = get_args(Point)
_OF_CONSUMERS: tuple[Point, ...] = ("consumer.before_commit", "consumer.after_commit")
Fresh = Callable[[Sequence[Head]], Awaitable[int]]
"""Counts those of some events that have not been taken in yet."""
Ending = Literal["SIGKILL", "SIGSTOP"]


@dataclass(frozen=True, slots=True)
class Order:
    """How to end, and how many messages must be in hand for it at least."""

    ending: Ending
    least: int = 1


@dataclass(frozen=True, slots=True)
class Fired:
    """What a process writes down before it obeys: with how much in its hands it was struck."""

    point: Point
    service: str
    pid: int
    in_hand: int
    ending: Ending
    at: float
    """Seconds since the epoch."""


class Orders:
    """A folder in which a point of a service is armed, and a journal of what was obeyed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal = folder / "journal"
        self._turns: defaultdict[tuple[str, Point], asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, service: str, point: Point) -> asyncio.Lock:
        """Give what is held by whoever has an order there, since another one would take its place."""
        return self._turns[service, point]

    def arm(self, service: str, point: Point, order: Order) -> None:
        """Let whichever process of a service comes by first with enough in hand obey once."""
        draft = self._file(service, point).with_suffix(".draft")
        draft.write_text(json.dumps([order.ending, order.least]))
        draft.rename(self._file(service, point))

    def disarm(self, service: str, point: Point) -> bool:
        """Take an order back; tells whether nobody had obeyed it."""
        try:
            self._file(service, point).unlink()
        except FileNotFoundError:
            return False
        return True

    def fired(self) -> list[Fired]:
        """Read the journal, oldest first."""
        lines = self._journal.read_text().splitlines() if self._journal.exists() else []
        return [Fired(**json.loads(line)) for line in lines]

    def stands(self, service: str, point: Point) -> bool:
        """Tell whether a point is armed and nobody has claimed the order yet."""
        return self._file(service, point).exists()

    def take(self, service: str, point: Point) -> Order | None:
        """Claim an order; of two processes only one gets it."""
        mine = self._file(service, point).with_suffix(f".{os.getpid()}")
        try:
            self._file(service, point).rename(mine)
        except FileNotFoundError:
            return None
        order = Order(*json.loads(mine.read_text()))
        mine.unlink()
        return order

    def write(self, fired: Fired) -> None:
        """Append one line, whole: the system keeps it even when the process is gone the next moment."""
        line = json.dumps({name: getattr(fired, name) for name in Fired.__dataclass_fields__})
        with self._journal.open("a") as journal:
            journal.write(f"{line}\n")

    def _file(self, service: str, point: Point) -> Path:
        return self._folder / f"{service}.{point}.armed"


class Points:
    """The points of one process."""

    def __init__(self, orders: Orders, *, service: str) -> None:
        self._orders = orders
        self._service = service

    def are_armed(self, *points: Point) -> bool:
        """Tell whether there is an order for any of these, so that it is worth counting for."""
        return any(self._orders.stands(self._service, point) for point in points)

    def pass_by(self, point: Point, count: Callable[[], int]) -> None:
        """Obey an order for this point if there is one; `count` tells how many messages are in hand, 0 for none."""
        order = self._orders.take(self._service, point)
        if order is None:
            return
        in_hand = count()
        if in_hand < order.least:
            self._orders.arm(self._service, point, order)
            return
        self._orders.write(Fired(point, self._service, os.getpid(), in_hand, order.ending, time.time()))
        os.kill(os.getpid(), signal.SIGKILL if order.ending == "SIGKILL" else signal.SIGSTOP)


class PointedBus:
    """A bus whose relay and consumer pass by points.

    What counts as in hand of a consumer are the events of `handled` types that were new when they came: `fresh` counts
    those, once a point is armed.
    """

    def __init__(self, inner: Bus, points: Points, *, handled: frozenset[str], fresh: Fresh) -> None:
        self._inner = inner
        self._points = points
        self._handled = handled
        self._fresh = fresh

    async def prepare(self, topics: Sequence[Topic]) -> None:
        await self._inner.prepare(topics)

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        self._points.pass_by("relay.before_publish", lambda: len(messages))
        places = await self._inner.publish(messages)
        self._points.pass_by("relay.after_publish", lambda: len(messages))
        return places

    @asynccontextmanager
    async def subscribe(self, *, group: str, topics: Sequence[str]) -> AsyncIterator[Subscription]:
        async with self._inner.subscribe(group=group, topics=topics) as subscription:
            yield _PointedSubscription(subscription, self._points, self._handled, self._fresh)

    async def extent(self, topics: Sequence[str]) -> Extent:
        return await self._inner.extent(topics)

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[Partition, int]:
        return await self._inner.lag(group=group, topics=topics)

    async def rewind(self, *, group: str, topics: Sequence[str]) -> None:
        await self._inner.rewind(group=group, topics=topics)

    async def close(self) -> None:
        await self._inner.close()


class _PointedSubscription:
    def __init__(self, inner: Subscription, points: Points, handled: frozenset[str], fresh: Fresh) -> None:
        self._inner = inner
        self._points = points
        self._handled = handled
        self._fresh = fresh
        self._news: dict[Partition, int] = {}
        """How much of what is in hand of a partition was new."""

    async def fetch(self, *, max_messages: int, max_wait: float) -> list[Batch]:
        batches = await self._inner.fetch(max_messages=max_messages, max_wait=max_wait)
        armed = self._points.are_armed(*_OF_CONSUMERS)
        self._news |= {(each.topic, each.partition): await self._count(each) if armed else 0 for each in batches}
        return batches

    async def commit(self, batch: Batch) -> None:
        news = self._news.pop((batch.topic, batch.partition), 0)
        self._points.pass_by("consumer.before_commit", lambda: news)
        await self._inner.commit(batch)
        self._points.pass_by("consumer.after_commit", lambda: news)

    async def _count(self, batch: Batch) -> int:
        """Count the messages that will have an effect: those of types somebody handles here, but for repeats."""
        heads = [head for head in map(_head_of, batch.messages) if head is not None and head.type in self._handled]
        return await self._fresh(heads) if heads else 0


class PointedQueue:
    """A queue of deliveries whose dispatcher passes by a point between sending and settling."""

    def __init__(self, inner: DeliveryQueue, points: Points) -> None:
        self._inner = inner
        self._points = points

    def listen(self) -> AbstractAsyncContextManager[Bell]:
        return self._inner.listen()

    async def claim(self, *, room: int, slots: int, lease: timedelta) -> Sequence[Parcel]:
        return await self._inner.claim(room=room, slots=slots, lease=lease)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        self._points.pass_by("delivery.before_settle", lambda: len(outcomes))
        await self._inner.settle(outcomes)

    async def release(self, parcels: Sequence[Parcel]) -> None:
        await self._inner.release(parcels)


def _head_of(message: Message) -> Head | None:
    try:
        return read_head(message.value)
    except UNREADABLE:  # poison
        return None
