"""Employees with their timelines."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Select, Text, and_, cast, or_, select

from services.archive.store.masking import masked
from services.archive.store.queries.expansions import expanded
from services.archive.store.queries.nested import nested
from services.archive.store.reach import belongs_where, employees_within
from services.archive.store.tables import employees, employments, leaves, positions
from services.archive.usecases.ports import EmployeeStatus
from shared.core.access import Expand, Reach, Sight
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries

EMPLOYMENT_FIELDS: dict[str, ColumnElement[Any]] = {
    **{
        name: employments.c[name]
        for name in ("id", "department_id", "position_id", "manager_id", "starts_on", "ends_on")
    },
    "fte": cast(employments.c.fte, Text),
    "position_name": positions.c.name,
}
MASTER_DATA = [column for column in employees.c if "label" not in column.info]
"""What everybody sees who reaches the row."""
WITH_POSITION = employments.join(positions, positions.c.id == employments.c.position_id)
_EMPLOYMENTS = nested(
    "employments",
    EMPLOYMENT_FIELDS,
    source=WITH_POSITION,
    where=employments.c.employee_id == employees.c.id,
    order=employments.c.starts_on,
    owner=employees,
)


def leaves_of(sight: Sight, *, today: date) -> Label[Any]:
    """List an employee's leaves, with their kinds as far as the caller may see these."""
    fields = ("id", "kind", "starts_on", "ends_on")
    return nested(
        "leaves",
        {name: masked(leaves.c[name], sight, today=today) for name in fields},
        source=leaves,
        where=leaves.c.employee_id == employees.c.id,
        order=leaves.c.starts_on,
        owner=employees,
    )


class EmployeeQueries(queries.Queries):
    async def employees(
        self,
        page: PageRequest,
        reach: Reach,
        *,
        sight: Sight,
        department_id: UUID | None,
        work_number: str | None,
        status: EmployeeStatus | None,
        expand: Expand,
    ) -> Page:
        today = await self.today()
        conditions = [employees_within(reach, today=today)]
        if department_id is not None:
            conditions.append(belongs_where(employments.c.department_id == department_id, today=today))
        if work_number is not None:
            conditions.append(employees.c.work_number == work_number)
        if status is not None:
            conditions.append(_has_status(status, today))
        statement = _whole(sight, expand, today=today).where(*conditions)
        return await self.page(statement, page, by=[employees.c.id], updated=employees.c.updated_at)

    async def employee(self, employee_id: UUID, reach: Reach, *, sight: Sight, expand: Expand) -> Row:
        today = await self.today()
        visible = employees_within(reach, today=today)
        statement = _whole(sight, expand, today=today).where(employees.c.id == employee_id, visible)
        return await self.one(statement, noun="employee")

    async def employments(self, employee_id: UUID, page: PageRequest, reach: Reach) -> Page:
        await self.require_employee(employee_id, reach)
        statement = (
            select(employments, positions.c.name.label("position_name"))
            .select_from(WITH_POSITION)
            .where(employments.c.employee_id == employee_id)
        )
        return await self.page(statement, page, by=[employments.c.starts_on, employments.c.id])

    async def require_employee(self, employee_id: UUID, reach: Reach) -> None:
        """Raise NotFound unless the caller reaches this employee."""
        visible = employees_within(reach, today=await self.today())
        await self.one(select(employees.c.id).where(employees.c.id == employee_id, visible), noun="employee")


def _whole(sight: Sight, expand: Expand, *, today: date) -> Select[Any]:
    return select(*MASTER_DATA, _EMPLOYMENTS, leaves_of(sight, today=today), *expanded(expand, today=today))


def _has_status(status: EmployeeStatus, today: date) -> ColumnElement[bool]:
    if status == "upcoming":
        return employees.c.joined_on > today
    if status == "left":
        return employees.c.left_on <= today
    staying = or_(employees.c.left_on.is_(None), employees.c.left_on > today)
    return and_(employees.c.joined_on <= today, staying)
