"""The relay: one active process a service carries outbox rows to the bus, in order, at least once."""

import asyncio
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import compress

import asyncpg
from sqlalchemy import text

from shared.contracts.topics import DEAD_LETTER_DAYS
from shared.kit.bus.port import Bus, Message, Place
from shared.kit.db import STATEMENT_SECONDS, Database, hang_up
from shared.kit.log import get_logger
from shared.kit.metrics import RELAYED, REPUBLISHED
from shared.kit.outbox import EVENT_HEADERS, channel_of
from shared.kit.reach import EXTEND, LostMessages, Reach
from shared.kit.worker import progressed

_TURN = f"""
WITH reach AS ({EXTEND}), marked AS (
    UPDATE outbox SET published_at = clock_timestamp(), partition = place.partition, "offset" = place."offset"
    FROM unnest($5::bigint[], $6::int[], $7::bigint[]) AS place (position, partition, "offset")
    WHERE outbox.position = place.position
)
SELECT position, topic, key, payload, headers::text FROM (
    SELECT position, topic, key, payload, headers,
           sum(octet_length(payload)) OVER (ORDER BY position) - octet_length(payload) AS bytes_before
    FROM (
        SELECT * FROM outbox
        WHERE published_at IS NULL AND position NOT IN (SELECT unnest($5 || $8::bigint[]))
        ORDER BY position LIMIT $9
    ) AS first
) AS sized WHERE bytes_before < $10 ORDER BY position
"""  # noqa: S608 -- a statement of our own
"""Marks what is published and gives what waits: one statement, so that the database works while the next batch is sent.

Whatever is not marked is waiting, however old: a transaction that was slow is not passed over. The rows in flight are
left out by name, so that of two rows of one key the older always comes first.
"""
_FORGET = text(
    "DELETE FROM outbox WHERE published_at < clock_timestamp()"
    " - make_interval(days => CASE WHEN topic LIKE '%.dead' THEN CAST(:letter_days AS int) ELSE CAST(:days AS int) END)"
)

KEEP_DAYS = 7
"""Published rows stay this long, so that a broker that lost its disk can be refilled."""
CHECK_SECONDS = 5.0
"""How often the relay looks whether the bus still has what it acknowledged, and whether it is still the active one."""
MAX_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Portion:
    """Rows that leave together, by their positions."""

    positions: list[int]
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is to be marked: as columns, how far the bus reaches, and the place of each row."""

    reach: tuple[list[str], list[int], list[str], list[int]] = ([], [], [], [])
    positions: list[int] = field(default_factory=list)
    partitions: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)


class Relay:
    """Publishes whatever the outbox holds, woken by commits and, should a wake-up be lost, once a second."""

    def __init__(self, database: Database, bus: Bus, *, batch_size: int = 1000) -> None:
        self._database = database
        self._bus = bus
        self._batch_size = batch_size
        self._reach = Reach(database, bus)
        self._has_looked = False
        """Whether the bus has been seen to have all, or been made to, since rows were last deleted."""
        self._log = get_logger(__name__).bind(service=database.schema)

    async def run(self, stop: asyncio.Event) -> None:
        """Stand by until no other relay of this service is active, then relay until told to stop or disconnected."""
        listener = await self._database.listener()
        wake = asyncio.Event()
        stopping = asyncio.create_task(_ring_at(stop, wake))
        try:
            await listener.add_listener(channel_of(self._database), lambda *_: wake.set())
            listener.add_termination_listener(lambda *_: wake.set())
            if await self._become_active(listener, wake, stop):
                await self.recover()
                await self.note_strangers()
                with self._database.hearing(channel_of(self._database), wake.set):
                    await self._relay(listener, wake, stop)
        finally:
            stopping.cancel()
            await hang_up(listener)

    async def relay_once(self) -> int:
        """Publish and mark whatever waits now; gives how many rows it carried."""
        async with self._database.transaction() as tx:
            return await self._carry(await tx.driver(), lambda: True)

    async def recover(self) -> int:
        """Let what the bus acknowledged and no longer has be published once more; gives how many rows that are."""
        lost = await self._reach.recover()
        self._has_looked = True
        if lost:
            REPUBLISHED.labels(self._database.schema).inc(lost)
            self._log.warning("bus.lost", rows=lost)
        return lost

    async def note_strangers(self) -> Mapping[str, int]:
        """Complain of messages on the bus that this database never wrote; gives how many, by topic."""
        strangers = await self._reach.strange()
        if strangers:
            self._log.error("bus.ahead", messages=strangers)
        return strangers

    async def forget(self) -> None:
        """Delete rows published longer ago than they are kept.

        Whoever relays does so, and not before having looked at the bus: it may have come back without them meanwhile.
        """
        if not self._has_looked:
            return
        self._has_looked = False
        async with self._database.transaction() as tx:
            await tx.execute(_FORGET, {"days": KEEP_DAYS, "letter_days": DEAD_LETTER_DAYS})
            await tx.commit()

    async def _relay(self, listener: asyncpg.Connection, wake: asyncio.Event, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await listener.execute("SELECT 1", timeout=CHECK_SECONDS)  # as long as this answers, the lock is held
            await self.recover()
            with suppress(LostMessages):  # what else is gone, the next look will tell
                await self._relay_awhile(listener, wake, stop)

    async def _relay_awhile(self, listener: asyncpg.Connection, wake: asyncio.Event, stop: asyncio.Event) -> None:
        """Relay until the next look is due, on the connection that holds the lock: nobody works without it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + CHECK_SECONDS

        def goes_on() -> bool:
            return loop.time() < until and not stop.is_set()

        while goes_on():
            wake.clear()
            await self._carry(listener, goes_on)
            progressed()
            if goes_on():  # and nothing was left
                await _wait(wake, seconds=1.0)

    async def _carry(self, line: asyncpg.Connection, goes_on: Callable[[], bool]) -> int:
        """Send portion after portion until nothing is left; gives how many rows that were.

        While one of many is sent, the database marks the one before and looks for the one after.
        """
        carried = 0
        marks = _Marks()
        portion = await self._turn(line, marks)
        while portion.positions:
            publishing = asyncio.create_task(self._bus.publish(portion.messages))
            following = _Portion([], [])
            try:
                if marks.positions or len(portion.positions) == self._batch_size:
                    following = await self._turn(line, marks, in_flight=portion.positions, looks=goes_on())
            finally:
                places = await publishing
            carried += len(places)
            marks = await self._marks(portion, places)
            if not following.positions:
                following, marks = await self._turn(line, marks, looks=goes_on()), _Marks()
            portion = following
        return carried

    async def _turn(
        self, line: asyncpg.Connection, marks: _Marks, *, in_flight: Sequence[int] = (), looks: bool = True
    ) -> _Portion:
        """Mark, and give what waits unless nothing more is to be looked for."""
        places = (marks.positions, marks.partitions, marks.offsets)
        limits = (self._batch_size if looks else 0, MAX_BATCH_BYTES)
        rows = await line.fetch(_TURN, *marks.reach, *places, in_flight, *limits, timeout=STATEMENT_SECONDS)
        RELAYED.labels(self._database.schema).inc(len(marks.positions))
        return _Portion([row[0] for row in rows], [_message(*row) for row in rows])

    async def _marks(self, portion: _Portion, places: Sequence[Place]) -> _Marks:
        """Mark what lies where every group will still come by; the rest is published once more.

        Raises LostMessages where the bus has given away a place it had given before.
        """
        reached = await self._reach.extend([message.topic for message in portion.messages], places)
        kept = [*compress(zip(portion.positions, places, strict=True), reached.settled)]
        return _Marks(
            reached.columns,
            positions=[position for position, _ in kept],
            partitions=[place.partition for _, place in kept],
            offsets=[place.offset for _, place in kept],
        )

    async def _become_active(self, listener: asyncpg.Connection, wake: asyncio.Event, stop: asyncio.Event) -> bool:
        key = zlib.crc32(self._database.schema.encode()) >> 1
        while not stop.is_set():
            if await listener.fetchval("SELECT pg_try_advisory_lock(10, $1)", key, timeout=CHECK_SECONDS):
                return True
            progressed()  # another one is active
            wake.clear()
            await _wait(wake, seconds=1.0)
        return False


def _message(_: int, topic: str, key: str, payload: bytes, headers: str | None) -> Message:
    pairs = tuple((name, value) for name, value in json.loads(headers)) if headers else EVENT_HEADERS
    return Message(topic, key, payload, pairs)


async def _wait(event: asyncio.Event, *, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


async def _ring_at(stop: asyncio.Event, wake: asyncio.Event) -> None:
    await stop.wait()
    wake.set()
