"""The base of repositories whose entities lie in a cycle, which is always locked before them."""

from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import select

from shared.core.errors import NotFound
from shared.kit.repository import Repository

E = TypeVar("E")


class InCycle(Repository[E], Generic[E]):
    async def cycle_of(self, entity_id: UUID) -> UUID:
        """Read the cycle of an entity without locking anything. Raises NotFound."""
        statement = select(self.table.c.cycle_id).where(self.table.c.id == entity_id)
        found: UUID | None = (await self.tx.execute(statement)).scalar_one_or_none()
        if found is None:
            raise NotFound.of(self.noun)
        return found

    async def read(self, entity_id: UUID) -> E:
        """Load one without locking it. Raises NotFound."""
        row = (await self.tx.execute(select(self.table).where(self.table.c.id == entity_id))).mappings().one_or_none()
        if row is None:
            raise NotFound.of(self.noun)
        return self.to_entity(dict(row))
