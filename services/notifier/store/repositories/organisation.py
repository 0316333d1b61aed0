"""The organisation's copy: kept from the archive's events, read to know who is to be told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Table, select

from services.notifier.domain.leaders import Leaders
from services.notifier.store.tables.base import org
from shared.kit.db import Transaction
from shared.kit.org.reach import current
from shared.kit.org.replica import OrgReplica

_LINES = """
WITH RECURSIVE line AS (
    SELECT id AS root, id, parent_id, ARRAY[id] AS passed FROM org_departments WHERE tenant_id = $1 AND id = ANY($2)
    UNION ALL
    SELECT line.root, above.id, above.parent_id, line.passed || above.id
    FROM line JOIN org_departments AS above ON above.tenant_id = $1 AND above.id = line.parent_id
    WHERE above.id <> ALL(line.passed)
)
SELECT root, id FROM line ORDER BY root, cardinality(passed)
"""


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

    async def leaders(self, department_ids: Collection[UUID], *, on: date) -> Leaders:
        lines: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for row in await (await self._tx.driver()).fetch(_LINES, self._tenant_id, list(department_ids)):
            lines[row["root"]].append(row["id"])
        return Leaders(lines, await self.heads({each for line in lines.values() for each in line}, on=on))

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
