"""The relay: one active process a service carries outbox rows to the bus, in order, at least once."""

import asyncio
import json
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import starmap

import asyncpg
from sqlalchemy import text

from shared.contracts.topics import DEAD_LETTER_DAYS
from shared.kit.bus.port import Bus, Message, Place
from shared.kit.db import Database, Transaction
from shared.kit.log import get_logger
from shared.kit.metrics import RELAYED, REPUBLISHED
from shared.kit.outbox import EVENT_HEADERS, channel_of
from shared.kit.reach import LostMessages, Reach

# Whatever is not marked is waiting, however old: a transaction that was slow is not passed over. The rows in flight are
# left out by name, so that of two rows of one key the older always comes first.
_WAITING = """
SELECT position, topic, key, payload, headers FROM (
    SELECT position, topic, key, payload, headers,
           sum(octet_length(payload)) OVER (ORDER BY position) - octet_length(payload) AS bytes_before
    FROM (
        SELECT * FROM outbox WHERE published_at IS NULL AND position <> ALL($1::bigint[]) ORDER BY position LIMIT $2
    ) AS first
) AS sized WHERE bytes_before < $3 ORDER BY position
"""
_MARK = """
UPDATE outbox SET published_at = clock_timestamp(), partition = place.partition, "offset" = place."offset"
FROM unnest($1::bigint[], $2::int[], $3::bigint[]) AS place (position, partition, "offset")
WHERE outbox.position = place.position
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
class Row:
    position: int
    message: Message


class Relay:
    """Publishes whatever the outbox holds, woken by commits and, should a wake-up be lost, once a second."""

    def __init__(self, database: Database, bus: Bus, *, batch_size: int = 1000) -> None:
        self._database = database
        self._bus = bus
        self._batch_size = batch_size
        self._reach = Reach(database, bus)
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
                await self._relay(listener, wake, stop)
        finally:
            stopping.cancel()
            await _hang_up(listener)

    async def relay_once(self) -> int:
        """Publish and mark whatever waits now; gives how many rows it carried."""
        marking: asyncio.Task[None] | None = None
        carried = 0
        rows = await self._waiting(without=())
        try:
            while rows:
                publishing = asyncio.create_task(self._bus.publish([row.message for row in rows]))
                try:
                    if marking is not None:
                        await marking
                    following = await self._waiting(without=rows)
                finally:
                    places = await publishing
                marking = asyncio.create_task(self._mark(rows, places))
                carried += len(rows)
                rows = following
        finally:
            if marking is not None:
                await marking
        return carried

    async def recover(self) -> int:
        """Let what the bus acknowledged and no longer has be published once more; gives how many rows that are."""
        lost = await self._reach.recover()
        if lost:
            REPUBLISHED.labels(self._database.schema).inc(lost)
            self._log.warning("bus.lost", rows=lost)
        return lost

    async def forget(self) -> None:
        """Delete rows published longer ago than they are kept."""
        async with self._database.transaction() as tx:
            await tx.execute(_FORGET, {"days": KEEP_DAYS, "letter_days": DEAD_LETTER_DAYS})
            await tx.commit()

    async def _relay(self, listener: asyncpg.Connection, wake: asyncio.Event, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        check_at = 0.0
        while not stop.is_set():
            if loop.time() >= check_at:
                await listener.execute("SELECT 1", timeout=CHECK_SECONDS)  # as long as this answers, the lock is held
                await self.recover()
                check_at = loop.time() + CHECK_SECONDS
            wake.clear()
            try:
                carried = await self.relay_once()
            except LostMessages:
                check_at = 0.0
                continue
            if not carried:
                await _wait(wake, seconds=1.0)

    async def _waiting(self, *, without: Sequence[Row]) -> list[Row]:
        async with self._database.transaction() as tx:
            driver = await tx.driver()
            in_flight = [row.position for row in without]
            found = await driver.fetch(_WAITING, in_flight, self._batch_size, MAX_BATCH_BYTES)
        return list(starmap(_row, found))

    async def _mark(self, rows: Sequence[Row], places: Sequence[Place]) -> None:
        """Mark what lies where every group will still come by; the rest is published once more.

        Raises LostMessages where the bus has given away a place it had given before.
        """
        async with self._database.transaction() as tx:
            settled = await self._reach.extend(tx, [row.message.topic for row in rows], places)
            kept = [(row, place) for row, place, good in zip(rows, places, settled, strict=True) if good]
            await _mark(tx, kept)
            await tx.commit()
        RELAYED.labels(self._database.schema).inc(len(kept))

    async def _become_active(self, listener: asyncpg.Connection, wake: asyncio.Event, stop: asyncio.Event) -> bool:
        key = zlib.crc32(self._database.schema.encode()) >> 1
        while not stop.is_set():
            if await listener.fetchval("SELECT pg_try_advisory_lock(10, $1)", key, timeout=CHECK_SECONDS):
                return True
            wake.clear()
            await _wait(wake, seconds=1.0)
        return False


def _row(position: int, topic: str, key: str, payload: bytes, headers: str | None) -> Row:
    pairs = tuple((name, value) for name, value in json.loads(headers)) if headers else EVENT_HEADERS
    return Row(position, Message(topic, key, payload, pairs))


async def _mark(tx: Transaction, kept: Sequence[tuple[Row, Place]]) -> None:
    driver = await tx.driver()
    await driver.execute(
        _MARK,
        [row.position for row, _ in kept],
        [place.partition for _, place in kept],
        [place.offset for _, place in kept],
    )


async def _wait(event: asyncio.Event, *, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


async def _ring_at(stop: asyncio.Event, wake: asyncio.Event) -> None:
    await stop.wait()
    wake.set()


async def _hang_up(listener: asyncpg.Connection) -> None:
    """Close for good, also towards a server that does not answer any more."""
    try:
        await listener.close(timeout=2.0)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        listener.terminate()
