"""The harness's own way into PostgreSQL: past the proxy, as superuser, and back again after every crash."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg

from deploy.migrate import SERVICES

_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)
_SECONDS = 5.0
_OUTBOX = """
SELECT '{service}', count(*) FILTER (WHERE published_at IS NULL), coalesce(max(position), 0),
    coalesce(min(position) FILTER (WHERE published_at IS NULL), 0)
FROM {service}.outbox
"""
_OUTBOXES = " UNION ALL ".join(_OUTBOX.format(service=service) for service in SERVICES)
_TOPICS = " UNION ALL ".join(f"SELECT topic FROM {service}.outbox" for service in SERVICES)  # noqa: S608 -- our own names
_EVENTS = f"SELECT topic, count(*) FROM ({_TOPICS}) AS said WHERE topic NOT LIKE '%.dead' GROUP BY topic"  # noqa: S608
_TRANSACTIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND usename LIKE 'steelyard_%'
  AND ($1::int[] IS NULL OR client_port = ANY($1))
"""
_RELAYS = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND classid = 10 AND granted AND client_port = ANY($1)
"""
"""Ten is the relays' family of locks."""
_OPEN_DELIVERIES = "SELECT state, count(*) FROM notifier.deliveries WHERE state IN ('pending', 'leased') GROUP BY state"


@dataclass(frozen=True, slots=True)
class Outbox:
    """What one service has committed: rows not published yet, the last position, the first waiting one."""

    waiting: int
    last: int
    first: int

    def has_passed(self, position: int) -> bool:
        """Tell whether everything up to a position has been published."""
        return not self.waiting or self.first > position


class Away(Exception):
    """PostgreSQL does not answer at present."""


class Direct:
    """One connection at a time, opened when needed."""

    def __init__(self, url: str) -> None:
        self._dsn = url.replace("+asyncpg", "", 1)
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()

    def move(self, url: str) -> None:
        """Follow the server to another port."""
        self._dsn = url.replace("+asyncpg", "", 1)

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Ask. Raises Away."""
        async with self._turn:
            try:
                async with asyncio.timeout(_SECONDS):
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await asyncpg.connect(self._dsn)
                    rows: list[Any] = await self._connection.fetch(query, *arguments)
                    return rows
            except _AWAY as error:
                self._drop()
                raise Away(str(error)) from error
            except asyncio.CancelledError:
                self._drop()  # its answer may still be on the way
                raise

    async def transactions(self, ports: Sequence[int] | None = None) -> int:
        """Count the services' open transactions, all or those that came by certain client ports."""
        return int((await self.fetch(_TRANSACTIONS, None if ports is None else list(ports)))[0][0])

    async def relays(self, ports: Sequence[int]) -> int:
        """Count the relays' locks that are held by connections which came by certain client ports."""
        return int((await self.fetch(_RELAYS, list(ports)))[0][0])

    async def outbox(self) -> Mapping[str, Outbox]:
        """Look at every service's outbox."""
        return {row[0]: Outbox(*row[1:]) for row in await self.fetch(_OUTBOXES)}

    async def events(self) -> Mapping[str, int]:
        """Count the events that all outboxes hold, by topic."""
        return {row[0]: row[1] for row in await self.fetch(_EVENTS)}

    async def deliveries(self) -> Mapping[str, int]:
        """Count the deliveries that are still open, by state."""
        return {row[0]: row[1] for row in await self.fetch(_OPEN_DELIVERIES)}

    async def connection(self) -> asyncpg.Connection:
        """Open a connection of its own for long reads; the caller closes it."""
        return await asyncpg.connect(self._dsn)

    async def close(self) -> None:
        if self._connection is not None:
            with suppress(*_AWAY):
                await self._connection.close(timeout=_SECONDS)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
