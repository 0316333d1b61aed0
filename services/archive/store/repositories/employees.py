"""Employees with their timelines of employments and leaves, which are always written whole."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Table, delete, insert, select, text

from services.archive.domain.employee import Employee, Leave
from services.archive.domain.employment import Employment
from services.archive.store.reach import employees_within
from services.archive.store.repositories.sliced import SlicedRepository
from services.archive.store.tables import employees, employments, leaves, positions
from shared.core.access import Reach
from shared.core.paging import Row

_HOLD_USER_NAMES = text("SELECT pg_advisory_xact_lock(hashtextextended('archive.user_names/' || :tenant_id, 0))")
_SAVE_VERSIONS = """
UPDATE employees SET sequence = changed.sequence, updated_at = changed.updated_at
FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS changed (id, sequence, updated_at)
WHERE employees.id = changed.id
"""


class EmployeeRepository(SlicedRepository[Employee]):
    table = employees
    entity = Employee
    noun = "employee"

    async def load(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Employee]:
        found = await super().load(*conditions, limit=limit)
        ids = [employee.id for employee in found]
        spells, away = await self._employments_of(ids), await self._leaves_of(ids)
        return [
            replace(employee, employments=tuple(spells[employee.id]), leaves=tuple(away[employee.id]))
            for employee in found
        ]

    async def add(self, entity: Employee) -> None:
        await super().add(entity)
        await self._write_timelines(entity)

    async def save(self, entity: Employee) -> None:
        await super().save(entity)
        for table in (employments, leaves):
            await self.tx.execute(delete(table).where(table.c.employee_id == entity.id))
        await self._write_timelines(entity)

    async def save_versions(self, entities: Sequence[Employee]) -> None:
        driver = await self.tx.driver()
        await driver.execute(
            _SAVE_VERSIONS,
            [employee.id for employee in entities],
            [employee.sequence for employee in entities],
            [employee.updated_at for employee in entities],
        )

    async def reached(self, ids: Collection[UUID], reach: Reach, *, today: date) -> set[UUID]:
        statement = select(employees.c.id).where(employees.c.id.in_(ids), employees_within(reach, today=today))
        return set((await self.tx.execute(statement)).scalars())

    async def leaving_days(self, ids: Collection[UUID]) -> Mapping[UUID, date | None]:
        statement = select(employees.c.id, employees.c.left_on).where(employees.c.id.in_(ids))
        return {row.id: row.left_on for row in await self.tx.execute(statement)}

    async def by_id(self, ids: Collection[UUID]) -> Mapping[UUID, Employee]:
        return {employee.id: employee for employee in await self.load(employees.c.id.in_(ids))}

    async def name_taken(self, user_name: str, *, by_other_than: UUID) -> bool:
        await self.tx.execute(_HOLD_USER_NAMES, {"tenant_id": str(self.tenant_id)})
        others = select(employees.c.id).where(
            employees.c.user_key == user_name.lower(), employees.c.id != by_other_than
        )
        return (await self.tx.execute(others.limit(1))).first() is not None

    async def in_position(self, position_id: UUID) -> Sequence[Employee]:
        holders = select(employments.c.employee_id).where(employments.c.position_id == position_id)
        return await self.load(employees.c.id.in_(holders))

    def to_row(self, entity: Employee) -> dict[str, Any]:
        row = super().to_row(entity)
        del row["employments"], row["leaves"]
        return {**row, "user_key": None if entity.released_at else (entity.user_name or entity.work_number).lower()}

    def to_entity(self, row: Row) -> Employee:
        return super().to_entity({**row, "employments": (), "leaves": ()})

    async def _employments_of(self, ids: Sequence[UUID]) -> Mapping[UUID, list[Employment]]:
        statement = (
            select(employments, positions.c.name.label("position_name"))
            .join(positions, positions.c.id == employments.c.position_id)
            .where(employments.c.employee_id.in_(ids))
            .order_by(employments.c.starts_on, employments.c.id)
        )
        spells: dict[UUID, list[Employment]] = defaultdict(list)
        for row in (await self.tx.execute(statement)).mappings():
            spells[row["employee_id"]].append(Employment(**_without_owner(row)))
        return spells

    async def _leaves_of(self, ids: Sequence[UUID]) -> Mapping[UUID, list[Leave]]:
        statement = select(leaves).where(leaves.c.employee_id.in_(ids)).order_by(leaves.c.starts_on)
        away: dict[UUID, list[Leave]] = defaultdict(list)
        for row in (await self.tx.execute(statement)).mappings():
            away[row["employee_id"]].append(Leave(**_without_owner(row)))
        return away

    async def _write_timelines(self, employee: Employee) -> None:
        spells = [asdict(spell) for spell in employee.employments]
        for spell in spells:
            del spell["position_name"]
        await self._insert(employments, employee.id, spells)
        await self._insert(leaves, employee.id, [asdict(leave) for leave in employee.leaves])

    async def _insert(self, table: Table, employee_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            owner = {"tenant_id": self.tenant_id, "employee_id": employee_id}
            await self.tx.execute(insert(table), [{**owner, **row} for row in rows])


def _without_owner(row: RowMapping) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"tenant_id", "employee_id"}}
