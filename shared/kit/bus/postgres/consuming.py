"""Membership in a group: of several members one is active, and the others stand by."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import asyncpg

from shared.kit.bus.port import Batch, Fenced
from shared.kit.bus.postgres.log import MAX_BATCH_BYTES, SIZED, TAKE_LOCK, lock_of, read_batch

CHECK_SECONDS = 5.0
"""How often an active member asks whether it is still heard, and how long it waits for the answer."""
_NEXT = f"""
SELECT log.topic, log."offset", log.key, log.value, log.headers FROM bus.progress
CROSS JOIN LATERAL {SIZED.format(found='log.topic = progress.topic AND log."offset" >= progress.next', limit="$3")}
WHERE progress.consumer = $1 AND progress.topic = ANY($2) AND bytes_before < $4
ORDER BY log.topic, log."offset"
"""  # noqa: S608 -- put together from a constant
_MOVE = """
UPDATE bus.progress SET next = $4
WHERE consumer = $1 AND topic = $2 AND next <= $3
  AND NOT EXISTS (SELECT FROM bus.log WHERE log.topic = $2 AND log."offset" >= progress.next AND log."offset" < $3)
"""
"""A batch may begin behind where its group is, since what lay between is gone; where something lies there, somebody
has moved the group."""


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

    async def listen(self) -> None:
        """Wake when the server says that a topic of these grew."""
        await self._listener.add_listener("bus", lambda *heard: self._hear(heard[-1]))
        self._listener.add_termination_listener(lambda *_: self._wake.set())

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
            question = self._listener.fetchval(TAKE_LOCK, lock_of(self._group), timeout=CHECK_SECONDS)
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
        return [read_batch(topic, part) for topic, part in by_topic.items()]
