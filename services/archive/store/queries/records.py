"""Records of people's files, with delicate notes masked."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, select

from services.archive.domain.record import DELICATE, RecordKind
from services.archive.store.masking import masked
from services.archive.store.queries.employees import EmployeeQueries
from services.archive.store.tables import employees, records
from shared.core.access import Reach, Sight
from shared.core.paging import Page, PageRequest


class RecordQueries(EmployeeQueries):
    async def records(
        self, employee_id: UUID, page: PageRequest, reach: Reach, *, sight: Sight, kind: RecordKind | None
    ) -> Page:
        await self.require_employee(employee_id, reach)
        statement = records_of(employee_id, sight=sight, today=await self.today())
        if kind is not None:
            statement = statement.where(records.c.kind == kind)
        by = [records.c.occurred_on, records.c.id]
        return await self.page(statement, page, by=by, updated=records.c.updated_at, deleted=records.c.deleted)


def standing_records(employee_id: UUID, *, sight: Sight, today: date) -> Select[Any]:
    """Select somebody's records that are not deleted."""
    return records_of(employee_id, sight=sight, today=today).where(records.c.deleted == false())


def records_of(employee_id: UUID, *, sight: Sight, today: date) -> Select[Any]:
    """Select somebody's records, with their notes as far as the caller may see these."""
    harmless = records.c.kind.not_in(DELICATE)
    shown = [masked(column, sight, today=today, harmless=harmless).label(column.name) for column in records.c]
    return (
        select(*shown)
        .join(employees, employees.c.id == records.c.employee_id)
        .where(records.c.employee_id == employee_id)
    )
