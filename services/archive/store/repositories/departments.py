"""Departments with their timeline of heads, which is always written whole."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, or_, select, text

from services.archive.domain.department import Department, Headship
from services.archive.store.reach import departments_within
from services.archive.store.repositories.sliced import SlicedRepository
from services.archive.store.tables import departments, headships
from shared.core.access import Reach
from shared.core.paging import Row

_HOLD_TREE = text("SELECT pg_advisory_xact_lock(hashtextextended('archive.departments/' || :tenant_id, 0))")


class DepartmentRepository(SlicedRepository[Department]):
    table = departments
    entity = Department
    noun = "department"

    async def load(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Department]:
        found = await super().load(*conditions, limit=limit)
        heads = await self._heads_of([department.id for department in found])
        return [replace(department, heads=tuple(heads[department.id])) for department in found]

    async def add(self, entity: Department) -> None:
        await super().add(entity)
        await self._write_heads(entity)

    async def save(self, entity: Department) -> None:
        await super().save(entity)
        await self._write_heads(entity)

    async def ancestors(self, department_id: UUID) -> Sequence[UUID]:
        """Give a department and those above it.

        The lock lets one move at a time look at the tree: two at once could each hang one below the other.
        """
        await self.tx.execute(_HOLD_TREE, {"tenant_id": str(self.tenant_id)})
        base = select(departments.c.id, departments.c.parent_id).where(departments.c.id == department_id)
        chain = base.cte("chain", recursive=True)
        above = select(departments.c.id, departments.c.parent_id).join(chain, departments.c.id == chain.c.parent_id)
        return (await self.tx.execute(select(chain.union(above).c.id))).scalars().all()

    async def reached(self, ids: Collection[UUID], reach: Reach, *, today: date) -> set[UUID]:
        statement = select(departments.c.id).where(departments.c.id.in_(ids), departments_within(reach, today=today))
        return set((await self.tx.execute(statement)).scalars())

    async def led_by(self, employee_id: UUID, *, after: date) -> Sequence[Department]:
        led = select(headships.c.department_id).where(
            headships.c.employee_id == employee_id, or_(headships.c.ends_on.is_(None), headships.c.ends_on > after)
        )
        return await self.load(departments.c.id.in_(led))

    def to_row(self, entity: Department) -> dict[str, Any]:
        row = super().to_row(entity)
        del row["heads"]
        return row

    def to_entity(self, row: Row) -> Department:
        return super().to_entity({**row, "heads": ()})

    async def _heads_of(self, department_ids: Sequence[UUID]) -> Mapping[UUID, list[Headship]]:
        statement = (
            select(headships).where(headships.c.department_id.in_(department_ids)).order_by(headships.c.starts_on)
        )
        heads: dict[UUID, list[Headship]] = defaultdict(list)
        for row in await self.tx.execute(statement):
            heads[row.department_id].append(Headship(row.employee_id, row.kind, row.starts_on, row.ends_on))
        return heads

    async def _write_heads(self, department: Department) -> None:
        await self.tx.execute(delete(headships).where(headships.c.department_id == department.id))
        if department.heads:
            owner = {"tenant_id": self.tenant_id, "department_id": department.id}
            await self.tx.execute(insert(headships), [{**owner, **asdict(head)} for head in department.heads])
