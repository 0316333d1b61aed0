"""`/v1/employees`: people and their master data."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field, JsonValue

from services.archive.api.deps import QueriesDep, WorkDep
from services.archive.api.employments import EmploymentView, Fte
from services.archive.api.fields import Code, Name
from services.archive.api.leaves import LeaveView
from services.archive.api.policy import POLICY
from services.archive.domain.employment import FULL_TIME, Terms
from services.archive.usecases.change_employee import change_employee
from services.archive.usecases.hire_employee import hire_employee
from services.archive.usecases.ports import EmployeeStatus
from services.archive.usecases.record_departure import record_departure
from shared.core.access import Expand, Grant
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.expand import CodedBrief, PersonBrief, expand_query
from shared.kit.http.paging import CommaSeparated, Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="employees")
ToRead = Annotated[Grant, POLICY.allow("employees:read")]
ToWrite = Annotated[Grant, POLICY.allow("employees:write")]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
CustomFields = Annotated[
    dict[str, JsonValue], Field(max_length=100, description="the tenant's own fields, 16 KiB at most")
]


class FirstEmployment(Body):
    department_id: UUID
    position_id: UUID
    manager_id: UUID | None = None
    fte: Fte = FULL_TIME
    starts_on: Day | None = Field(None, description="the day of joining unless stated")


class NewEmployee(Body):
    work_number: Code
    name: Name
    email: Email | None = None
    joined_on: Day
    custom_fields: CustomFields = Field(default_factory=dict)
    employment: FirstEmployment | None = None

    def terms(self) -> Terms | None:
        if self.employment is None:
            return None
        stated = self.employment.model_dump()
        return Terms(**{**stated, "starts_on": stated["starts_on"] or self.joined_on})


class EmployeePatch(Body):
    work_number: Code = OMITTED
    name: Name = OMITTED
    email: Email | None = None
    joined_on: Day = OMITTED
    custom_fields: CustomFields = OMITTED


class Departure(Body):
    left_on: Day = Field(description="the first day on which the person no longer belongs to the company")


class MasterData(View):
    id: UUID
    work_number: str
    name: str
    email: str | None
    joined_on: date
    left_on: date | None
    custom_fields: dict[str, JsonValue]
    created_at: datetime
    updated_at: datetime
    sequence: int


class EmployeeView(MasterData):
    """An employee; department, position and manager of today are there where they were asked for."""

    employments: list[EmploymentView]
    leaves: list[LeaveView]
    department: CodedBrief | None = None
    position: CodedBrief | None = None
    manager: PersonBrief | None = None

    def as_seen(self, grant: Grant) -> Self:
        return self.model_copy(update={"leaves": [leave.as_seen(grant) for leave in self.leaves]})


EmployeePart = Literal["department", "position", "manager"]
_READ_BY: Mapping[str, str] = {
    "department": "departments:read",
    "position": "positions:read",
    "manager": "employees:read",
}


async def _expand(
    grant: ToRead, expand: Annotated[list[EmployeePart] | None, CommaSeparated, expand_query(max_length=3)] = None
) -> Expand:
    return POLICY.expanding(grant.principal, _READ_BY, expand or ())


ExpandDep = Annotated[Expand, Depends(_expand)]


@router.get("/employees", response_model_exclude_unset=True)
async def list_employees(
    grant: ToRead,
    queries: QueriesDep,
    page: SyncParams,
    expand: ExpandDep,
    *,
    department_id: UUID | None = None,
    work_number: str | None = None,
    status: EmployeeStatus | None = None,
) -> Listed[EmployeeView]:
    rows = await queries.employees(
        page,
        grant.reach,
        sight=POLICY.sight(grant.principal),
        department_id=department_id,
        work_number=work_number,
        status=status,
        expand=expand,
    )
    return listed(rows, EmployeeView.model_validate)


@router.get("/employees/{employee_id}", response_model_exclude_unset=True)
async def get_employee(
    employee_id: UUID, response: Response, grant: ToRead, queries: QueriesDep, expand: ExpandDep
) -> EmployeeView:
    row = await queries.employee(employee_id, grant.reach, sight=POLICY.sight(grant.principal), expand=expand)
    return tagged(response, EmployeeView.model_validate(row))


@router.post("/employees", status_code=201, response_model_exclude_unset=True)
async def post_employee(body: NewEmployee, response: Response, grant: ToWrite, work: WorkDep) -> EmployeeView:
    employee = await hire_employee(
        work,
        work_number=body.work_number,
        name=body.name,
        email=body.email,
        joined_on=body.joined_on,
        custom_fields=body.custom_fields,
        terms=body.terms(),
        reach=grant.reach,
    )
    return tagged(response, EmployeeView.model_validate(employee).as_seen(grant))


@router.patch("/employees/{employee_id}", response_model_exclude_unset=True)
async def patch_employee(
    employee_id: UUID,
    body: EmployeePatch,
    *,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    expected: ExpectedVersion,
) -> EmployeeView:
    changes = body.model_dump(exclude_unset=True)
    employee = await change_employee(work, employee_id, changes, grant=grant, expected=expected)
    return tagged(response, EmployeeView.model_validate(employee).as_seen(grant))


@router.post("/employees/{employee_id}/departure", response_model_exclude_unset=True)
async def post_departure(
    employee_id: UUID, body: Departure, response: Response, grant: ToWrite, work: WorkDep
) -> EmployeeView:
    employee = await record_departure(work, employee_id, left_on=body.left_on, grant=grant)
    return tagged(response, EmployeeView.model_validate(employee).as_seen(grant))
