"""The organisation's copy: kept from the archive's events, read to know who is to be told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Table, select

from services.notifier.store.tables.base import org
from shared.kit.db import Transaction
from shared.kit.org.reach import current
from shared.kit.org.replica import OrgReplica


class OrganisationRepository(OrgReplica):
    """Adds to the copy's upkeep what notifications ask of it."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        super().__init__(tx, org, tenant_id)
        self._tx = tx

    async def heads(self, department_ids: Iterable[UUID], *, on: date) -> Mapping[UUID, frozenset[UUID]]:
        table = org.headships
        statement = select(table.c.department_id, table.c.employee_id).where(
            table.c.department_id.in_(list(department_ids)), current(table, on)
        )
        heads: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for row in await self._tx.execute(statement):
            heads[row.department_id].add(row.employee_id)
        return {department_id: frozenset(people) for department_id, people in heads.items()}

    async def parents(self, department_ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
        table = org.departments
        statement = select(table.c.id, table.c.parent_id).where(
            table.c.id.in_(list(department_ids)), table.c.parent_id.is_not(None)
        )
        return {row.id: row.parent_id for row in await self._tx.execute(statement)}

    async def members(self, department_ids: Iterable[UUID], *, on: date) -> frozenset[UUID]:
        table, people = org.employments, org.employees
        statement = (
            select(table.c.employee_id)
            .join(people, people.c.id == table.c.employee_id)
            .where(~people.c.deleted, table.c.department_id.in_(list(department_ids)), current(table, on))
        )
        return frozenset((await self._tx.execute(statement)).scalars())

    async def department_names(self, department_ids: Iterable[UUID]) -> Mapping[UUID, str]:
        return await self._names(org.departments, department_ids)

    async def employee_names(self, employee_ids: Iterable[UUID]) -> Mapping[UUID, str]:
        return await self._names(org.employees, employee_ids)

    async def _names(self, table: Table, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        rows = await self._tx.execute(select(table.c.id, table.c.name).where(table.c.id.in_(list(ids))))
        return {row.id: row.name for row in rows}
