"""Repositories of the archive: they load and lock what use cases decide about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from services.archive.domain.department import Department, Headship
from services.archive.store.tables import departments, headships
from shared.core.paging import Row
from shared.kit.repository import Repository


class DepartmentRepository(Repository[Department]):
    """Departments with their timeline of heads, which is always written whole."""

    table = departments
    entity = Department
    noun = "department"

    async def all(self, **equals: object) -> list[Department]:
        found = await super().all(**equals)
        heads = await self._heads_of([department.id for department in found])
        return [replace(department, heads=tuple(heads[department.id])) for department in found]

    async def add(self, entity: Department) -> None:
        await super().add(entity)
        await self._write_heads(entity)

    async def save(self, entity: Department) -> None:
        await super().save(entity)
        await self._write_heads(entity)

    async def ancestors(self, department_id: UUID) -> Sequence[UUID]:
        base = select(departments.c.id, departments.c.parent_id).where(departments.c.id == department_id)
        chain = base.cte("chain", recursive=True)
        above = select(departments.c.id, departments.c.parent_id).join(chain, departments.c.id == chain.c.parent_id)
        return (await self.tx.execute(select(chain.union(above).c.id))).scalars().all()

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
