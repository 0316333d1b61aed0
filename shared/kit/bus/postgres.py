"""The bus as a log in PostgreSQL, for one-machine installations: one partition a topic, one active member a group."""

import asyncio
import json
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from shared.contracts.topics import Topic
from shared.kit.bus.port import MAX_MESSAGE_BYTES, Batch, Extent, Fenced, GroupBusy, Message, Partition, Place
from shared.kit.db import CLOSE_SECONDS, CONNECT_SECONDS, SHORT_LIVED, STATEMENT_SECONDS, hang_up

SCHEMA = "bus"
CHECK_SECONDS = 5.0
"""How often an active member asks whether it is still heard, and how long it waits for the answer."""
MAX_BATCH_BYTES = 2 * MAX_MESSAGE_BYTES
"""What is given of a topic at once, but for the rest of the last message: so much is held in memory."""
DDL = """
CREATE TABLE IF NOT EXISTS bus.head (topic text PRIMARY KEY, next bigint NOT NULL);
CREATE TABLE IF NOT EXISTS bus.log (
    topic text NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, "offset")
);
ALTER TABLE bus.log ADD COLUMN IF NOT EXISTS headers jsonb;
CREATE TABLE IF NOT EXISTS bus.progress (
    consumer text NOT NULL, topic text NOT NULL, next bigint NOT NULL, PRIMARY KEY (consumer, topic)
);
CREATE TABLE IF NOT EXISTS bus.identity (log_id uuid NOT NULL);
INSERT INTO bus.identity SELECT gen_random_uuid() WHERE NOT EXISTS (SELECT FROM bus.identity);
"""

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
_SIZED = """(
    SELECT *, sum(octet_length(value)) OVER (ORDER BY "offset") - octet_length(value) AS bytes_before
    FROM (SELECT * FROM bus.log WHERE {found} ORDER BY "offset" LIMIT {limit}) AS found
) AS log"""
_NEXT = f"""
SELECT log.topic, log."offset", log.key, log.value, log.headers FROM bus.progress
CROSS JOIN LATERAL {_SIZED.format(found='log.topic = progress.topic AND log."offset" >= progress.next', limit="$3")}
WHERE progress.consumer = $1 AND progress.topic = ANY($2) AND bytes_before < $4
ORDER BY log.topic, log."offset"
"""  # noqa: S608 -- put together from the constant above
_JOIN = "INSERT INTO bus.progress SELECT $1, topic, 0 FROM unnest($2::text[]) AS topic ON CONFLICT DO NOTHING"
_MOVE = """
UPDATE bus.progress SET next = $4
WHERE consumer = $1 AND topic = $2 AND next <= $3
  AND NOT EXISTS (SELECT FROM bus.log WHERE log.topic = $2 AND log."offset" >= progress.next AND log."offset" < $3)
"""
"""A batch may begin behind where its group is, since what lay between is gone; where something lies there, somebody
has moved the group."""
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
FROM {_SIZED.format(found='topic = $1 AND "offset" > $2 AND "offset" < $3', limit="$4")}
WHERE bytes_before < $5 ORDER BY "offset"
"""  # noqa: S608 -- see above
_READ_AT_ONCE = 500
_EXTENT = "SELECT topic, next FROM bus.head WHERE topic = ANY($1)"
_REWIND = """
UPDATE bus.progress SET next = coalesce((SELECT min("offset") FROM bus.log WHERE log.topic = progress.topic), 0)
WHERE consumer = $1 AND topic = ANY($2)
"""
_TAKE_LOCK = "SELECT pg_try_advisory_lock(20, $1)"
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
    async def subscribe(self, *, group: str, topics: Sequence[str]) -> AsyncIterator["PostgresSubscription"]:
        pool = await self._opened()
        await pool.execute(_JOIN, group, list(topics))
        listener = await asyncpg.connect(self._dsn, **_limits())
        try:
            yield await PostgresSubscription.begin(pool, listener, group=group, topics=topics)
        finally:
            await hang_up(listener)

    async def read(self, topics: Sequence[str]) -> AsyncIterator[Batch]:
        ends = (await self.extent(topics)).ends
        pool = await self._opened()
        for (topic, _), end in sorted(ends.items()):
            after = -1
            while rows := await pool.fetch(_READ, topic, after, end, _READ_AT_ONCE, MAX_BATCH_BYTES):
                yield _batch(topic, rows)
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
            if not await connection.fetchval(_TAKE_LOCK, _lock_of(group)):
                raise GroupBusy(f"The group {group} has an active member; stop it first.")
            try:
                await connection.execute(_REWIND, group, list(topics))
            finally:
                await connection.execute("SELECT pg_advisory_unlock(20, $1)", _lock_of(group))

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
                    self._dsn, min_size=0, max_size=8, reset=_leave_as_it_is, **_limits()
                )
            return self._pool


class PostgresSubscription:
    """A member of a group; the one holding the group's advisory lock is active, the others stand by."""

    def __init__(self, pool: asyncpg.Pool, listener: asyncpg.Connection, *, group: str, topics: Sequence[str]) -> None:
        self._pool = pool
        self._listener = listener
        self._group = group
        self._topics = list(topics)
        self._active = False
        self._heard_at = 0.0
        self._wake = asyncio.Event()
        self._asked = 0
        self._unsettled = {*topics}
        """Topics in which something may lie though nobody rings."""

    @classmethod
    async def begin(
        cls, pool: asyncpg.Pool, listener: asyncpg.Connection, *, group: str, topics: Sequence[str]
    ) -> "PostgresSubscription":
        subscription = cls(pool, listener, group=group, topics=topics)
        await listener.add_listener("bus", lambda *heard: subscription._hear(heard[-1]))
        listener.add_termination_listener(lambda *_: subscription._wake.set())
        return subscription

    async def fetch(self, *, max_messages: int, max_wait: float) -> list[Batch]:
        self._asked = max_messages
        if (self._unsettled or self._wake.is_set()) and (batches := await self._look()):
            return batches
        try:
            await asyncio.wait_for(self._wake.wait(), max_wait)
        except TimeoutError:
            self._unsettled.update(self._topics)  # a ring may be lost
            return []
        return await self._look()

    async def commit(self, batch: Batch) -> None:
        status = await self._pool.execute(_MOVE, self._group, batch.topic, batch.first_offset, batch.next_offset)
        if status != "UPDATE 1":
            raise Fenced(f"{self._group} was moved on {batch.topic} by another member")
        bytes_given = sum(len(message.value) for message in batch.messages)
        if len(batch.messages) < self._asked and bytes_given < MAX_BATCH_BYTES:
            self._unsettled.discard(batch.topic)

    def _hear(self, topic: str) -> None:
        if topic in self._topics:
            self._wake.set()

    async def _is_active(self) -> bool:
        """Tell whether the lock is this member's. Raises where the connection that has it, or waits for it, is gone."""
        if self._listener.is_closed():
            raise ConnectionError("the connection of this member is gone")
        now = asyncio.get_running_loop().time()
        if not self._active:
            question = self._listener.fetchval(_TAKE_LOCK, _lock_of(self._group), timeout=CHECK_SECONDS)
            self._active, self._heard_at = await question, now
        elif now - self._heard_at > CHECK_SECONDS:
            await self._listener.execute("SELECT 1", timeout=CHECK_SECONDS)
            self._heard_at = now
        return self._active

    async def _look(self) -> list[Batch]:
        """Read what is next, of each topic as many messages as asked for; nothing where another member is active."""
        self._wake.clear()
        if not await self._is_active():
            return []
        rows = await self._pool.fetch(_NEXT, self._group, self._topics, self._asked, MAX_BATCH_BYTES)
        by_topic: dict[str, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            by_topic[row["topic"]].append(row)
        self._unsettled = {*by_topic}
        return [_batch(topic, part) for topic, part in by_topic.items()]


def _limits() -> dict[str, Any]:
    """Say how long a connection waits for an answer, and the server for a sign of the client."""
    session = {"application_name": f"steelyard-{SCHEMA}", **SHORT_LIVED}
    return {"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS, "server_settings": session}


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    """Spare the trip to a server that has nothing to reset: nobody sets anything that outlasts a statement."""


def _batch(topic: str, rows: Sequence[asyncpg.Record]) -> Batch:
    return Batch(
        topic=topic,
        partition=0,
        first_offset=rows[0]["offset"],
        next_offset=rows[-1]["offset"] + 1,
        messages=tuple(Message(topic, row["key"], row["value"], _read_headers(row["headers"])) for row in rows),
        offsets=tuple(row["offset"] for row in rows),
    )


def _columns(messages: Sequence[Message]) -> tuple[list[str], list[bytes], list[str | None]]:
    headers = [json.dumps(message.headers) if message.headers else None for message in messages]
    return [message.key for message in messages], [message.value for message in messages], headers


def _read_headers(written: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in json.loads(written)) if written else ()


def _lock_of(group: str) -> int:
    """Name a group by a number that fits PostgreSQL's `integer`."""
    return zlib.crc32(group.encode()) >> 1
