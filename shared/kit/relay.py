"""The relay: one active process a service carries outbox rows to the bus, in order, at least once."""

import asyncio
import zlib
from collections.abc import Sequence

import asyncpg
from sqlalchemy import text

from shared.kit.bus.port import Bus, Message
from shared.kit.db import Database
from shared.kit.outbox import channel_of

_WAITING = text(
    "SELECT position, topic, key, payload FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT :n"
)
_MARK = text("UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY(:positions)")
_FORGET = text("DELETE FROM outbox WHERE published_at < clock_timestamp() - make_interval(days => :days)")

KEEP_DAYS = 7
"""Published rows stay this long, so that a broker that lost its disk can be refilled."""


class Relay:
    """Publishes whatever the outbox holds, woken by commits and, should a wake-up be lost, once a second."""

    def __init__(self, database: Database, bus: Bus, *, batch_size: int = 500) -> None:
        self._database = database
        self._bus = bus
        self._batch_size = batch_size

    async def run(self) -> None:
        """Stand by until no other relay of this service is active, then relay until cancelled or disconnected."""
        listener = await self._database.listener()
        try:
            wake = asyncio.Event()
            await listener.add_listener(channel_of(self._database), lambda *_: wake.set())
            listener.add_termination_listener(lambda *_: wake.set())
            await self._become_active(listener, wake)
            while not listener.is_closed():
                wake.clear()
                while await self.relay_once():
                    pass
                await _wait(wake, seconds=1.0)
            raise ConnectionError("the connection that held the relay's lock is gone")
        finally:
            await listener.close()

    async def relay_once(self) -> int:
        """Publish one batch and mark it; gives how many rows it carried."""
        async with self._database.transaction() as tx:
            rows = (await tx.execute(_WAITING, {"n": self._batch_size})).all()
        if not rows:
            return 0
        await self._bus.publish([Message(row.topic, row.key, row.payload) for row in rows])
        await self._mark([row.position for row in rows])
        return len(rows)

    async def forget(self) -> None:
        """Delete rows published longer ago than they are kept."""
        async with self._database.transaction() as tx:
            await tx.execute(_FORGET, {"days": KEEP_DAYS})
            await tx.commit()

    async def _mark(self, positions: Sequence[int]) -> None:
        async with self._database.transaction() as tx:
            await tx.execute(_MARK, {"positions": positions})
            await tx.commit()

    async def _become_active(self, listener: asyncpg.Connection, wake: asyncio.Event) -> None:
        key = zlib.crc32(self._database.schema.encode()) >> 1
        while not await listener.fetchval("SELECT pg_try_advisory_lock(10, $1)", key):
            wake.clear()
            await _wait(wake, seconds=1.0)


async def _wait(event: asyncio.Event, *, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
