"""How old the newest data of sources is, and which of them are known to be stale."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, select

from services.performance.domain.observations.staleness import SourceAge, StaleSource
from services.performance.store.tables.freshness import stale_sources
from services.performance.store.tables.procedure import cycles
from services.performance.store.tables.scoring import watermarks
from shared.kit.db import Transaction

_PUBLISHED = "published"
_NAMES = tuple(field.name for field in fields(StaleSource))


class FreshnessRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def ages(self, measures: Collection[str]) -> Sequence[SourceAge]:
        newest = func.greatest(watermarks.c.newest_on, watermarks.c.complete_through).label("newest_on")
        statement = select(watermarks.c.source, watermarks.c.measure, newest).where(
            watermarks.c.measure.in_(measures), newest.is_not(None)
        )
        order = statement.order_by(watermarks.c.source, watermarks.c.measure)
        return [SourceAge(**row) for row in (await self._tx.execute(order)).mappings()]

    async def stale(self, cycle_id: UUID) -> frozenset[StaleSource]:
        statement = select(*(stale_sources.c[name] for name in _NAMES)).where(stale_sources.c.cycle_id == cycle_id)
        return frozenset(StaleSource(**row) for row in (await self._tx.execute(statement)).mappings())

    async def waiting(self) -> Sequence[UUID]:
        published = select(cycles.c.id).where(cycles.c.phase == _PUBLISHED).order_by(cycles.c.id)
        stale = exists().where(stale_sources.c.cycle_id == cycles.c.id)
        return (await self._tx.execute(published.where(stale))).scalars().all()

    async def keep(self, cycle_id: UUID, stale: Collection[StaleSource]) -> None:
        await self._tx.execute(delete(stale_sources).where(stale_sources.c.cycle_id == cycle_id))
        own: dict[str, Any] = {"tenant_id": self._tenant_id, "cycle_id": cycle_id}
        if stale:
            await self._tx.execute(insert(stale_sources), [{**own, **asdict(each)} for each in stale])
