"""Departments, positions and the calendar."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.archive.store.queries.nested import nested
from services.archive.store.reach import departments_within
from services.archive.store.tables import calendars, departments, headships, positions
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries

_HEADS = nested(
    "heads",
    {name: headships.c[name] for name in ("employee_id", "kind", "starts_on", "ends_on")},
    source=headships,
    where=headships.c.department_id == departments.c.id,
    order=headships.c.starts_on,
    owner=departments,
)
_NO_CALENDAR: Row = {"holidays": [], "workdays": [], "sequence": 0, "updated_at": None}


class OrganisationQueries(queries.Queries):
    async def departments(self, page: PageRequest, reach: Reach, *, code: str | None, parent_id: UUID | None) -> Page:
        statement = await self._departments(reach)
        if code is not None:
            statement = statement.where(departments.c.code == code)
        if parent_id is not None:
            statement = statement.where(departments.c.parent_id == parent_id)
        return await self.page(statement, page, by=[departments.c.id], updated=departments.c.updated_at)

    async def department(self, department_id: UUID, reach: Reach) -> Row:
        statement = await self._departments(reach)
        return await self.one(statement.where(departments.c.id == department_id), noun="department")

    async def positions(self, page: PageRequest, *, code: str | None) -> Page:
        statement = select(positions)
        if code is not None:
            statement = statement.where(positions.c.code == code)
        return await self.page(statement, page, by=[positions.c.id], updated=positions.c.updated_at)

    async def position(self, position_id: UUID) -> Row:
        return await self.one(select(positions).where(positions.c.id == position_id), noun="position")

    async def calendar(self) -> Row:
        """Give the calendar; a company that has not said anything works Monday to Friday."""
        found = await self.rows(select(calendars))
        return found[0] if found else _NO_CALENDAR

    async def _departments(self, reach: Reach) -> Select[Any]:
        return select(departments, _HEADS).where(departments_within(reach, today=await self.today()))
