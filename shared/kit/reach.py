"""How far the bus was known to reach, and what to publish again when it turns out to reach less far.

A broker may come back without its disk (another log), or with a shorter one. Both are found by comparing what it
acknowledged with what it has; the outbox still holds the rows. Of a log that became shorter, groups may have passed
offsets that are now given away again: until the log is longer than it was, rows that land there are published once more
("below the floor"), so that every group comes by them. Where more was lost than the rows at hand could fill, the
partition is another one, like that of another log: it begins without a floor.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from shared.contracts.topics import TOPICS, has_many_writers, is_dead_letters
from shared.kit.bus.port import Bus, Extent, Partition, Place
from shared.kit.db import Database

_READ = "SELECT topic, partition, log_id, next, floor FROM outbox_reach"
EXTEND = """
INSERT INTO outbox_reach AS known (topic, partition, log_id, next)
SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::bigint[])
ON CONFLICT (topic, partition) DO UPDATE SET log_id = excluded.log_id, next = greatest(known.next, excluded.next)
"""
"""Takes `Extension.columns`; part of the statement that marks rows, so that neither is written without the other."""
_SHORTEN = "UPDATE outbox_reach SET floor = $4, next = $3 WHERE topic = $1 AND partition = $2"
_START_ANEW = "DELETE FROM outbox_reach WHERE log_id <> $1"
_WAITING_AT_ALL = "SELECT topic, count(*) FROM outbox WHERE published_at IS NULL GROUP BY topic"
_WAITING = "SELECT count(*) FROM outbox WHERE published_at IS NULL AND topic = $1 AND partition = $2"
_LOSE_TAIL = """
UPDATE outbox SET published_at = NULL
WHERE topic = $1 AND published_at IS NOT NULL AND partition = $2 AND ("offset" >= $3 OR "offset" < 0)
"""
_LOSE_ALL = "UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL AND topic = ANY($1::text[])"
_FEW_PLACES = 1000
"""So many lost places are filled up again, however few rows there are to fill them with."""


class LostMessages(Exception):
    """The bus gave a message a place that it had given to another one before."""


@dataclass(frozen=True, slots=True)
class Extension:
    """What places that were just given mean."""

    settled: Sequence[bool]
    """For each place whether every group will still come by."""
    columns: tuple[list[str], list[int], list[str], list[int]]
    """Topics, partitions, log and ends: how far each partition is now known to reach."""


@dataclass(slots=True)
class _Known:
    log_id: str
    next: int
    """One more than the highest offset acknowledged."""
    floor: int
    """Below this offset a group may have passed already."""


class Reach:
    """Kept in memory by the one active relay, and in its database for the next one."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._own = [
            topic
            for topic in TOPICS
            if topic.producer == database.schema or topic.shared or is_dead_letters(topic.name)
        ]
        self._known: dict[Partition, _Known] = {}
        self._log_id: str | None = None
        self._went_back: dict[Partition, int] = {}
        """The lowest offset given a second time: whatever lay from there on is lost, however long the log is now."""

    async def recover(self) -> int:
        """Compare with the bus; rows it lost become waiting again. Gives how many."""
        async with self._database.transaction() as tx:
            rows = await (await tx.driver()).fetch(_READ)
        self._known = {(row[0], row[1]): _Known(row[2], row[3], row[4]) for row in rows}
        topics = sorted({topic for topic, _ in self._known} | {topic.name for topic in self._own})
        extent = await self._bus.extent(topics)
        self._log_id = extent.log_id
        gone = {topic for (topic, _), known in self._known.items() if known.log_id != extent.log_id}
        ends = {
            partition: min(extent.ends.get(partition, 0), self._went_back.get(partition, known.next))
            for partition, known in self._known.items()
            if known.log_id == extent.log_id
        }
        shorter = {partition: end for partition, end in ends.items() if end < self._known[partition].next}
        await self._prepare_missing(extent)
        lost = await self._lose(gone, shorter) if gone or shorter else 0
        self._went_back.clear()
        return lost

    async def strange(self) -> Mapping[str, int]:
        """Count, by topic, messages that lie beyond all that is known though nobody else writes there.

        A relay that died before it could mark has left as many there as wait. More come of another time of this
        database, which was restored from a backup.
        """
        extent = await self._bus.extent(sorted({topic for topic, _ in self._known if not has_many_writers(topic)}))
        async with self._database.transaction() as tx:
            waiting = dict(await (await tx.driver()).fetch(_WAITING_AT_ALL))
        beyond: Counter[str] = Counter()
        for (topic, partition), end in extent.ends.items():
            known = self._known.get((topic, partition))
            beyond[topic] += max(end - known.next, 0) if known and known.log_id == extent.log_id else 0
        return {topic: count for topic, count in beyond.items() if count > waiting.get(topic, 0)}

    async def extend(self, topics: Sequence[str], places: Sequence[Place]) -> Extension:
        """Take note of places just given. Raises LostMessages."""
        found: dict[Partition, list[int]] = defaultdict(list)
        for topic, place in zip(topics, places, strict=True):
            if place.offset >= 0:
                found[topic, place.partition].append(place.offset)
        for partition, offsets in found.items():
            known = self._known.get(partition)
            if known is not None and min(offsets) < known.next:
                self._went_back[partition] = min(offsets)
        if self._went_back:
            raise LostMessages(f"the bus gave places away again: {self._went_back}")
        columns = await self._note({partition: max(offsets) + 1 for partition, offsets in found.items()})
        settled = [
            place.offset < 0 or place.offset >= self._known[topic, place.partition].floor
            for topic, place in zip(topics, places, strict=True)
        ]
        return Extension(settled, columns)

    async def _note(self, ends: Mapping[Partition, int]) -> tuple[list[str], list[int], list[str], list[int]]:
        log_id = self._log_id or (await self._bus.extent(())).log_id
        self._log_id = log_id
        for partition, end in ends.items():
            known = self._known.setdefault(partition, _Known(log_id, end, 0))
            known.next = end
        return [topic for topic, _ in ends], [number for _, number in ends], [log_id] * len(ends), [*ends.values()]

    async def _lose(self, gone: Collection[str], shorter: Mapping[Partition, int]) -> int:
        """Let rows wait again: all of the topics of another log, and those beyond the ends of this one."""
        lost = 0
        async with self._database.transaction() as tx:
            driver = await tx.driver()
            lost += _count(await driver.execute(_LOSE_ALL, list(gone)))
            await driver.execute(_START_ANEW, self._log_id)
            for partition, end in shorter.items():
                lost += await self._shorten(driver, partition, end)
            rows = await driver.fetch(_READ)
            await tx.commit()
        self._known = {(row[0], row[1]): _Known(row[2], row[3], row[4]) for row in rows}
        return lost

    async def _shorten(self, driver: asyncpg.Connection, partition: Partition, end: int) -> int:
        """Let rows of a partition wait again that ends earlier now; gives how many.

        Where others write too, what lies below its end may be theirs: then it is all of ours. The floor stays as long
        as what waits fills the places that were lost, or they are few.
        """
        known = self._known[partition]
        floor = max(known.floor, known.next)
        since = 0 if has_many_writers(partition[0]) else end
        lost = _count(await driver.execute(_LOSE_TAIL, *partition, since))
        if floor - end > max(_FEW_PLACES, await driver.fetchval(_WAITING, *partition)):
            floor = 0
            lost += _count(await driver.execute(_LOSE_TAIL, *partition, 0))
        await driver.execute(_SHORTEN, *partition, end, floor)
        return lost

    async def _prepare_missing(self, extent: Extent) -> None:
        """Make the topics this service writes to that are gone, used before or not.

        A group waits until all it reads exist, and a batch fails whole where one topic is missing.
        """
        there = {topic for topic, _ in extent.ends}
        missing = [topic for topic in self._own if topic.name not in there]
        if missing:
            await self._bus.prepare(missing)


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
