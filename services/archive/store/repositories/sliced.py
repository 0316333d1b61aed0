"""Going through all entities of one kind, slice by slice."""

from uuid import UUID

from shared.kit.repository import E, Repository


class SlicedRepository(Repository[E]):
    async def after(self, last_id: UUID | None, *, limit: int) -> list[E]:
        """Load and lock the next in the order of their ids."""
        conditions = () if last_id is None else (self.table.c.id > last_id,)
        return await self.load(*conditions, limit=limit)
