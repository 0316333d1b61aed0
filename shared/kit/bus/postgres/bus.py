"""The bus as a log in PostgreSQL, for one-machine installations: one partition a topic, one active member a group."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg

from shared.contracts.topics import Topic
from shared.kit.bus.port import Batch, Extent, GroupBusy, Message, Partition, Place
from shared.kit.bus.postgres.consuming import PostgresSubscription
from shared.kit.bus.postgres.log import MAX_BATCH_BYTES, SIZED, TAKE_LOCK, limits, lock_of, read_batch
from shared.kit.db import CLOSE_SECONDS, hang_up

_APPEND = """
WITH growing AS (
    SELECT * FROM unnest($1::text[], $2::bigint[]) AS growing (topic, size)
), head AS (
    INSERT INTO bus.head AS h (topic, next) SELECT topic, size FROM growing ORDER BY topic
    ON CONFLICT (topic) DO UPDATE SET next = h.next + excluded.next
    RETURNING topic, next
), start AS (
    SELECT topic, next - size AS first FROM head JOIN growing USING (topic)
), appended AS (
    INSERT INTO bus.log (topic, "offset", key, value, headers)
    SELECT topic, start.first + message.ordinal, message.key, message.value, message.headers
    FROM unnest($3::text[], $4::bigint[], $5::text[], $6::bytea[], $7::jsonb[])
        AS message (topic, ordinal, key, value, headers)
    JOIN start USING (topic)
)
SELECT topic, first FROM start
"""
"""Appends to all topics with one commit. Heads are locked in one order, so that publishers never wait in a circle."""
_RING = "SELECT pg_notify('bus', topic || ' ' || $2) FROM unnest($1::text[]) AS topic"
"""Tells which topics grew, and through whom, since a bus rings for its own members by itself.

Apart from the appends, whose commits would wait for each other; one that is lost delays whoever waits for it.
"""
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
        self._name = uuid4().hex
        self._members: list[PostgresSubscription] = []

    async def prepare(self, topics: Sequence[Topic]) -> None:
        """Need nothing: a topic begins with its first message, and the keeper of the log knows how long it stays."""

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        sizes: Counter[str] = Counter()
        ordinals = []
        for message in messages:
            ordinals.append(sizes[message.topic])
            sizes[message.topic] += 1
        pool = await self._opened()
        async with pool.acquire() as connection:
            topics = [*sizes]
            rows = await connection.fetch(_APPEND, topics, [*sizes.values()], *_columns(messages, ordinals))
            self._ring(topics)
            await connection.execute(_RING, topics, self._name)
        first = {row["topic"]: row["first"] for row in rows}
        return [Place(0, first[each.topic] + ordinal) for each, ordinal in zip(messages, ordinals, strict=True)]

    @asynccontextmanager
    async def subscribe(self, *, group: str, topics: Sequence[str]) -> AsyncIterator[PostgresSubscription]:
        pool = await self._opened()
        await pool.execute(_JOIN, group, list(topics))
        listener = await asyncpg.connect(self._dsn, **limits())
        member = PostgresSubscription(pool, listener, group=group, topics=topics)
        self._members.append(member)
        try:
            await member.listen(deaf_to=self._name)
            yield member
        finally:
            self._members.remove(member)
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

    def _ring(self, topics: Collection[str]) -> None:
        """Tell this bus's own members, sooner than the server can."""
        for member in self._members:
            member.hear(topics)

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn, min_size=0, max_size=8, reset=_leave_as_it_is, **limits()
                )
            return self._pool


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    """Spare the trip to a server that has nothing to reset: nobody sets anything that outlasts a statement."""


def _columns(
    messages: Sequence[Message], ordinals: list[int]
) -> tuple[list[str], list[int], list[str], list[bytes], list[str | None]]:
    headers = [json.dumps(message.headers) if message.headers else None for message in messages]
    topics, keys = [message.topic for message in messages], [message.key for message in messages]
    return topics, ordinals, keys, [message.value for message in messages], headers
