"""Records of people's files, with delicate notes masked."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, false, null, or_, select

from services.archive.domain.record import RecordKind
from services.archive.store.queries.employees import EmployeeQueries
from services.archive.store.reach import employees_within
from services.archive.store.tables import employees, records
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest

_DELICATE = ("discipline", "feedback")
"""Kinds whose notes only the person, the head and HR read."""


class RecordQueries(EmployeeQueries):
    async def records(
        self, employee_id: UUID, page: PageRequest, reach: Reach, *, notes: Reach, kind: RecordKind | None
    ) -> Page:
        await self.require_employee(employee_id, reach)
        statement = standing_records(employee_id, notes=notes, today=await self.today())
        if kind is not None:
            statement = statement.where(records.c.kind == kind)
        return await self.page(statement, page, by=[records.c.occurred_on, records.c.id], updated=records.c.updated_at)


def standing_records(employee_id: UUID, *, notes: Reach, today: date) -> Select[Any]:
    """Select somebody's records that are not deleted; delicate notes only where `notes` reaches."""
    readable = or_(records.c.kind.not_in(_DELICATE), employees_within(notes, today=today))
    note = case((readable, records.c.note), else_=null()).label("note")
    shown = [column for column in records.c if column is not records.c.note]
    return (
        select(*shown, note)
        .join(employees, employees.c.id == records.c.employee_id)
        .where(records.c.employee_id == employee_id, records.c.deleted == false())
    )
