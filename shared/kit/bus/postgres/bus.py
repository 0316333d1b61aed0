"""The bus as a log in PostgreSQL, for one-machine installations: one partition a topic, one active member a group."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg

from shared.contracts.topics import Topic
from shared.kit.bus.port import Batch, Extent, GroupBusy, Message, Partition, Place
from shared.kit.bus.postgres.consuming import PostgresSubscription
from shared.kit.bus.postgres.log import MAX_BATCH_BYTES, SIZED, TAKE_LOCK, limits, lock_of, read_batch
from shared.kit.db import CLOSE_SECONDS, hang_up

_APPEND = """
WITH head AS (
    INSERT INTO bus.head AS h (topic, next) VALUES ($1, cardinality($2::text[]))
    ON CONFLICT (topic) DO UPDATE SET next = h.next + excluded.next
    RETURNING next - cardinality($2::text[]) AS first
), appended AS (
    INSERT INTO bus.log (topic, "offset", key, value, headers)
    SELECT $1, head.first + message.ordinal - 1, message.key, message.value, message.headers
    FROM head, unnest($2::text[], $3::bytea[], $4::jsonb[]) WITH ORDINALITY AS message (key, value, headers, ordinal)
)
SELECT first FROM head
"""
_RING = "SELECT pg_notify('bus', topic) FROM unnest($1::text[]) AS topic"
"""Apart from the appends, whose commits would wait for each other; one that is lost delays whoever waits for it."""
_JOIN = "INSERT INTO bus.progress SELECT $1, topic, 0 FROM unnest($2::text[]) AS topic ON CONFLICT DO NOTHING"
_LAG = """
SELECT head.topic, head.next - coalesce(waiting.first, head.next) AS messages
FROM bus.head
LEFT JOIN bus.progress ON progress.topic = head.topic AND progress.consumer = $1
CROSS JOIN LATERAL (
    SELECT min("offset") AS first FROM bus.log
    WHERE log.topic = head.topic AND "offset" >= coalesce(progress.next, 0)
) AS waiting
WHERE head.topic = ANY($2)
"""
_READ = f"""
SELECT topic, "offset", key, value, headers
FROM {SIZED.format(found='topic = $1 AND "offset" > $2 AND "offset" < $3', limit="$4")}
WHERE bytes_before < $5 ORDER BY "offset"
"""  # noqa: S608 -- put together from a constant
_READ_AT_ONCE = 500
_EXTENT = "SELECT topic, next FROM bus.head WHERE topic = ANY($1)"
_REWIND = """
UPDATE bus.progress SET next = coalesce((SELECT min("offset") FROM bus.log WHERE log.topic = progress.topic), 0)
WHERE consumer = $1 AND topic = ANY($2)
"""
_ERASE = "DELETE FROM bus.log WHERE sha256(convert_to(split_part(key, '/', 1), 'UTF8')) = ANY($1)"
_FORGET = """
DELETE FROM bus.log
WHERE appended_at < clock_timestamp() - make_interval(days => $2) AND topic = $1
  AND "offset" < coalesce((SELECT min(next) FROM bus.progress WHERE progress.topic = $1), "offset" + 1)
"""


class PostgresBus:
    """Appends are gap-free: a topic's head row stays locked until its messages are visible."""

    def __init__(self, url: str) -> None:
        self._dsn = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def prepare(self, topics: Sequence[Topic]) -> None:
        """Need nothing: a topic begins with its first message, and the keeper of the log knows how long it stays."""

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        by_topic: dict[str, list[int]] = defaultdict(list)
        for index, message in enumerate(messages):
            by_topic[message.topic].append(index)
        places: dict[int, Place] = {}
        pool = await self._opened()
        async with pool.acquire() as connection:
            for topic, indices in by_topic.items():
                first = await connection.fetchval(_APPEND, topic, *_columns([messages[index] for index in indices]))
                places |= {index: Place(0, first + ordinal) for ordinal, index in enumerate(indices)}
            await connection.execute(_RING, list(by_topic))
        return [places[index] for index in range(len(messages))]

    @asynccontextmanager
    async def subscribe(self, *, group: str, topics: Sequence[str]) -> AsyncIterator[PostgresSubscription]:
        pool = await self._opened()
        await pool.execute(_JOIN, group, list(topics))
        listener = await asyncpg.connect(self._dsn, **limits())
        member = PostgresSubscription(pool, listener, group=group, topics=topics)
        try:
            await member.listen()
            yield member
        finally:
            await hang_up(listener)

    async def read(self, topics: Sequence[str]) -> AsyncIterator[Batch]:
        ends = (await self.extent(topics)).ends
        pool = await self._opened()
        for (topic, _), end in sorted(ends.items()):
            after = -1
            while rows := await pool.fetch(_READ, topic, after, end, _READ_AT_ONCE, MAX_BATCH_BYTES):
                yield read_batch(topic, rows)
                after = rows[-1]["offset"]

    async def extent(self, topics: Sequence[str]) -> Extent:
        pool = await self._opened()
        log_id = await pool.fetchval("SELECT log_id FROM bus.identity")
        rows = await pool.fetch(_EXTENT, list(topics))
        return Extent(str(log_id), {(row["topic"], 0): row["next"] for row in rows})

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[Partition, int]:
        pool = await self._opened()
        rows = await pool.fetch(_LAG, group, list(topics))
        return {(row["topic"], 0): row["messages"] for row in rows}

    async def rewind(self, *, group: str, topics: Sequence[str]) -> None:
        pool = await self._opened()
        async with pool.acquire() as connection:
            if not await connection.fetchval(TAKE_LOCK, lock_of(group)):
                raise GroupBusy(f"The group {group} has an active member; stop it first.")
            try:
                await connection.execute(_REWIND, group, list(topics))
            finally:
                await connection.execute("SELECT pg_advisory_unlock(20, $1)", lock_of(group))

    async def erase(self, tenants: Collection[bytes]) -> None:
        """Delete what was said of tenants, given by digests of their ids; whoever has yet to read goes on behind it."""
        await (await self._opened()).execute(_ERASE, list(tenants))

    async def forget(self, *, topic: str, days: int) -> None:
        """Drop messages older than `days` that every group has passed."""
        pool = await self._opened()
        await pool.execute(_FORGET, topic, days)

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
        except TimeoutError:
            pool.terminate()

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn, min_size=0, max_size=8, reset=_leave_as_it_is, **limits()
                )
            return self._pool


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    """Spare the trip to a server that has nothing to reset: nobody sets anything that outlasts a statement."""


def _columns(messages: Sequence[Message]) -> tuple[list[str], list[bytes], list[str | None]]:
    headers = [json.dumps(message.headers) if message.headers else None for message in messages]
    return [message.key for message in messages], [message.value for message in messages], headers
