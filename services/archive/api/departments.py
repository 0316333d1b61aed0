"""`/v1/departments`: the tree and its heads."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.archive.api.deps import QueriesDep, WorkDep
from services.archive.api.fields import Code, Name, OpenEnd
from services.archive.api.policy import POLICY
from services.archive.domain.department import Headship
from services.archive.usecases.appoint_heads import appoint_heads
from services.archive.usecases.change_department import change_department
from services.archive.usecases.create_department import create_department
from shared.core.access import Grant
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="departments")
ToRead = Annotated[Grant, POLICY.allow("departments:read")]
ToWrite = Annotated[Grant, POLICY.allow("departments:write")]


class HeadshipModel(Body):
    employee_id: UUID
    kind: Literal["head", "acting"] = "head"
    starts_on: Day
    ends_on: OpenEnd = None


class NewDepartment(Body):
    code: Code
    name: Name
    parent_id: UUID | None = None


class DepartmentPatch(Body):
    code: Code = OMITTED
    name: Name = OMITTED
    parent_id: UUID | None = None


class DepartmentHeads(Body):
    heads: list[HeadshipModel] = Field(max_length=200)


class DepartmentView(View):
    id: UUID
    code: str
    name: str
    parent_id: UUID | None
    heads: list[HeadshipModel]
    created_at: datetime
    updated_at: datetime
    sequence: int


@router.get("/departments")
async def list_departments(
    grant: ToRead,
    queries: QueriesDep,
    page: SyncParams,
    code: str | None = None,
    parent_id: UUID | None = None,
) -> Listed[DepartmentView]:
    rows = await queries.departments(page, grant.reach, code=code, parent_id=parent_id)
    return listed(rows, DepartmentView.model_validate)


@router.get("/departments/{department_id}")
async def get_department(department_id: UUID, response: Response, grant: ToRead, queries: QueriesDep) -> DepartmentView:
    row = await queries.department(department_id, grant.reach)
    return tagged(response, DepartmentView.model_validate(row))


@router.post("/departments", status_code=201)
async def post_department(body: NewDepartment, response: Response, grant: ToWrite, work: WorkDep) -> DepartmentView:
    department = await create_department(
        work, code=body.code, name=body.name, parent_id=body.parent_id, reach=grant.reach
    )
    return tagged(response, DepartmentView.model_validate(department))


@router.patch("/departments/{department_id}")
async def patch_department(
    department_id: UUID,
    body: DepartmentPatch,
    *,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    expected: ExpectedVersion,
) -> DepartmentView:
    changes = body.model_dump(exclude_unset=True)
    department = await change_department(work, department_id, changes, reach=grant.reach, expected=expected)
    return tagged(response, DepartmentView.model_validate(department))


@router.put("/departments/{department_id}/heads")
async def put_department_heads(
    department_id: UUID,
    body: DepartmentHeads,
    *,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    expected: ExpectedVersion,
) -> DepartmentView:
    heads = [Headship(**head.model_dump()) for head in body.heads]
    department = await appoint_heads(work, department_id, heads, grant=grant, expected=expected)
    return tagged(response, DepartmentView.model_validate(department))
