"""Windows of quotas in PostgreSQL, as a storage of the library `limits`; only the server's clock is asked."""

from typing import Any

import asyncpg
from limits.aio.storage import SlidingWindowCounterSupport, Storage
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.kit.db import Database

_MOMENT = (
    "WITH moment AS (SELECT extract(epoch FROM clock_timestamp()) / CAST(:expiry AS integer) AS at),"
    " place AS (SELECT floor(at)::bigint AS number, floor(at) + 1 - at AS rest FROM moment)"
)
"""The window of now, and which share of it is yet to come."""
_ACQUIRE = text(
    f"{_MOMENT}, before AS (SELECT coalesce(sum(spent * rest), 0) AS spent FROM place"  # noqa: S608 -- no input in it
    " LEFT JOIN quota_windows w ON w.key = :key AND w.number = place.number - 1)"
    " INSERT INTO quota_windows AS w (key, number, spent, expires_at)"
    " SELECT :key, number, :amount, clock_timestamp() + make_interval(secs => 2 * :expiry) FROM place, before"
    " WHERE floor(before.spent) + CAST(:amount AS bigint) <= CAST(:most AS bigint)"
    " ON CONFLICT (key, number) DO UPDATE SET spent = w.spent + excluded.spent"
    " WHERE floor((SELECT spent FROM before) + w.spent) + excluded.spent <= CAST(:most AS bigint)"
    " RETURNING spent"
)
_LOOK = text(
    f"{_MOMENT} SELECT coalesce(b.spent, 0) AS spent_before, rest * :expiry AS before_ends,"  # noqa: S608 -- as above
    " coalesce(w.spent, 0) AS spent, (rest + 1) * :expiry AS ends FROM place"
    " LEFT JOIN quota_windows b ON b.key = :key AND b.number = place.number - 1"
    " LEFT JOIN quota_windows w ON w.key = :key AND w.number = place.number"
)
_ADD = text(
    f"{_MOMENT} INSERT INTO quota_windows AS w (key, number, spent, expires_at)"  # noqa: S608 -- as above
    " SELECT :key, number, :amount, to_timestamp((number + 1) * :expiry) FROM place"
    " ON CONFLICT (key, number) DO UPDATE SET spent = w.spent + excluded.spent RETURNING spent"
)
_GET = text(
    "SELECT spent, extract(epoch FROM expires_at) AS expires_at FROM quota_windows WHERE key = :key"
    " AND expires_at > clock_timestamp() ORDER BY number DESC LIMIT 1"
)
_CLEAR = text("DELETE FROM quota_windows WHERE key = :key")
_RESET = text("DELETE FROM quota_windows")
_FORGET = text("DELETE FROM quota_windows WHERE expires_at < clock_timestamp()")


class QuotaWindows(Storage, SlidingWindowCounterSupport):
    """One row a key and window; a window takes in no more once its quota and what weighs of the last one are spent."""

    STORAGE_SCHEME = None

    def __init__(self, database: Database) -> None:
        super().__init__(wrap_exceptions=True)
        self._database = database

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        row = await self._run(_ACQUIRE, key=key, most=limit, expiry=expiry, amount=amount)
        return row is not None

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        row = await self._run(_LOOK, key=key, expiry=expiry)
        return row.spent_before, float(row.before_ends), row.spent, float(row.ends)

    async def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002 -- the library's signature
        await self.clear(key)

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        row = await self._run(_ADD, key=key, expiry=expiry, amount=amount)
        return int(row.spent)

    async def get(self, key: str) -> int:
        row = await self._run(_GET, key=key)
        return 0 if row is None else int(row.spent)

    async def get_expiry(self, key: str) -> float:
        row = await self._run(_GET, key=key)
        return 0.0 if row is None else float(row.expires_at)

    async def check(self) -> bool:
        await self._database.ping()
        return True

    async def clear(self, key: str) -> None:
        await self._run(_CLEAR, key=key)

    async def reset(self) -> int | None:
        await self._run(_RESET)
        return None

    async def forget(self) -> None:
        """Delete windows that weigh no longer."""
        await self._run(_FORGET)

    async def _run(self, statement: Any, **parameters: object) -> Any:  # noqa: ANN401 -- one row, or None
        async with self._database.transaction() as tx:
            result = await tx.execute(statement, parameters)
            row = result.first() if result.returns_rows else None
            await tx.commit()
        return row
