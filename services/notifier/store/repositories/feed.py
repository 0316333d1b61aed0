"""The feed as its writers see it: positions are given away last, and by one transaction at a time."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import timedelta
from uuid import UUID

from services.notifier.domain.change import Change
from shared.kit.db import Transaction

_FIELDS = tuple(field.name for field in fields(Change))
# The row of the feed stays locked until the commit: the next writer's positions are larger, and visible later.
_APPEND = f"""
WITH feed AS (
    INSERT INTO feeds AS known (tenant_id, last) VALUES ($1, $2)
    ON CONFLICT (tenant_id) DO UPDATE SET last = known.last + $2
    RETURNING last - $2 AS before
)
INSERT INTO changes (tenant_id, position, {", ".join(_FIELDS)})
SELECT $1, feed.before + told.place, {", ".join(f"told.{name}" for name in _FIELDS)}
FROM feed, unnest(
    $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::bigint[], $9::timestamptz[], $10::text[],
    $11::uuid[], $12::uuid[], $13::boolean[]
) WITH ORDINALITY AS told ({", ".join(_FIELDS)}, place)
"""  # noqa: S608 -- the names are the dataclass's own
_FORGET = """
WITH old AS (
    SELECT max(position) AS position FROM changes
    WHERE tenant_id = $1 AND recorded_at < clock_timestamp() - $2::interval
), moved AS (
    UPDATE feeds SET forgotten = greatest(forgotten, old.position) FROM old
    WHERE tenant_id = $1 AND old.position IS NOT NULL
)
DELETE FROM changes USING old WHERE tenant_id = $1 AND changes.position <= old.position
"""


class Feed:
    """Collects what a unit of work adds and writes it at its end, so that writers wait for each other only briefly."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id
        self._added: list[Change] = []

    def add(self, changes: Iterable[Change]) -> None:
        self._added += changes

    async def append(self) -> None:
        """Give positions to what was added; nothing but the commit may follow."""
        added, self._added = self._added, []
        if not added:
            return
        columns = [[getattr(change, name) for change in added] for name in _FIELDS]
        await (await self._tx.driver()).execute(_APPEND, self._tenant_id, len(added), *columns)

    async def forget(self, age: timedelta) -> None:
        await (await self._tx.driver()).execute(_FORGET, self._tenant_id, age)
