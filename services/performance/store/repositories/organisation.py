"""The organisation's copy: kept from the archive's events, read as domain objects."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from services.performance.domain.organisation import Department, DepartmentTree, Employment, Headship
from services.performance.store.tables.base import org
from shared.core.periods import Period, WorkCalendar
from shared.kit.db import Transaction
from shared.kit.org.replica import OrgReplica


class OrganisationRepository(OrgReplica):
    """Adds to the copy's upkeep what the procedure and the scores read of it."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        super().__init__(tx, org, tenant_id)
        self._tx = tx

    async def tree(self) -> DepartmentTree:
        table = org.departments
        heads = await self._heads()
        statement = select(table.c.id, table.c.code, table.c.name, table.c.parent_id).where(~table.c.deleted)
        rows = await self._tx.execute(statement.order_by(table.c.code, table.c.id))
        return DepartmentTree(Department(**row, heads=tuple(heads[row["id"]])) for row in rows.mappings())

    async def employments(
        self, period: Period, *, employee_ids: Collection[UUID] | None = None
    ) -> Sequence[Employment]:
        table, people = org.employments, org.employees
        statement = (
            select(*(table.c[name] for name in Employment.__dataclass_fields__))
            .join(people, people.c.id == table.c.employee_id)
            .where(~people.c.deleted, table.c.starts_on < period.ends_on)
            .where(or_(table.c.ends_on.is_(None), table.c.ends_on > period.starts_on))
            .where(or_(table.c.ends_on.is_(None), table.c.ends_on > table.c.starts_on))
            .order_by(table.c.employee_id, table.c.starts_on, table.c.id)
        )
        if employee_ids is not None:
            statement = statement.where(table.c.employee_id.in_(employee_ids))
        return [Employment(**row) for row in (await self._tx.execute(statement)).mappings()]

    async def calendar(self) -> WorkCalendar:
        row = (await self._tx.execute(select(org.calendars))).mappings().one_or_none()
        if row is None:
            return WorkCalendar()
        return WorkCalendar.of(
            holidays=map(date.fromisoformat, row["holidays"]), workdays=map(date.fromisoformat, row["workdays"])
        )

    async def _heads(self) -> defaultdict[UUID, list[Headship]]:
        table = org.headships
        heads: defaultdict[UUID, list[Headship]] = defaultdict(list)
        for row in await self._tx.execute(select(table).order_by(table.c.starts_on)):
            heads[row.department_id].append(Headship(row.employee_id, row.kind, row.starts_on, row.ends_on))
        return heads
