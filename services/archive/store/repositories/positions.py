"""Positions with their competency models."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from services.archive.domain.position import Competency, Position
from services.archive.store.repositories.sliced import SlicedRepository
from services.archive.store.tables import positions
from shared.core.paging import Row


class PositionRepository(SlicedRepository[Position]):
    table = positions
    entity = Position
    noun = "position"

    async def names(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Give the names; they cannot change until the transaction ends, so documents never carry an old one."""
        statement = select(positions.c.id, positions.c.name).where(positions.c.id.in_(ids)).with_for_update(read=True)
        return {row.id: row.name for row in await self.tx.execute(statement)}

    def to_entity(self, row: Row) -> Position:
        return super().to_entity({**row, "competencies": tuple(Competency(**each) for each in row["competencies"])})
