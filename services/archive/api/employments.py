"""`/v1/employees/{id}/employments`: spells in departments and positions."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.archive.api.deps import QueriesDep, WorkDep
from services.archive.api.fields import OpenEnd
from services.archive.api.policy import POLICY
from services.archive.domain.employment import FULL_TIME, Terms
from services.archive.usecases.add_employment import add_employment
from services.archive.usecases.correct_employment import correct_employment
from services.archive.usecases.remove_employment import remove_employment
from shared.core.access import Grant
from shared.core.decimals import places
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, WholeParams, listed

router = new_router(tag="employees")
ToRead = Annotated[Grant, POLICY.allow("employees:read")]
ToWrite = Annotated[Grant, POLICY.allow("employees:write")]
_FTE_PLACES = 4


def _fte(value: Decimal) -> Decimal:
    if not 0 < value <= FULL_TIME or places(value) > _FTE_PLACES:
        raise PydanticCustomError(
            "fte_invalid", "Send a share of full time above 0 and up to 1, with 4 places at most."
        )
    return value


Fte = Annotated[Number, AfterValidator(_fte), Field(examples=["0.5"])]


class NewEmployment(Body):
    department_id: UUID
    position_id: UUID
    manager_id: UUID | None = None
    fte: Fte = FULL_TIME
    starts_on: Day
    ends_on: OpenEnd = None
    concurrent: bool = False

    def terms(self) -> Terms:
        return Terms(**self.model_dump(exclude={"concurrent"}))


class EmploymentPatch(Body):
    department_id: UUID = OMITTED
    position_id: UUID = OMITTED
    manager_id: UUID | None = None
    fte: Fte = OMITTED
    starts_on: Day = OMITTED
    ends_on: OpenEnd = None


class EmploymentView(View):
    id: UUID
    department_id: UUID
    position_id: UUID
    position_name: str
    manager_id: UUID | None
    fte: Number
    starts_on: date
    ends_on: date | None


@router.get("/employees/{employee_id}/employments")
async def list_employments(
    employee_id: UUID, grant: ToRead, queries: QueriesDep, page: WholeParams
) -> Listed[EmploymentView]:
    return listed(await queries.employments(employee_id, page, grant.reach), EmploymentView.model_validate)


@router.post("/employees/{employee_id}/employments", status_code=201)
async def post_employment(employee_id: UUID, body: NewEmployment, grant: ToWrite, work: WorkDep) -> EmploymentView:
    added = await add_employment(work, employee_id, body.terms(), concurrent=body.concurrent, grant=grant)
    return EmploymentView.model_validate(added)


@router.patch("/employees/{employee_id}/employments/{employment_id}")
async def patch_employment(
    employee_id: UUID, employment_id: UUID, body: EmploymentPatch, grant: ToWrite, work: WorkDep
) -> EmploymentView:
    changes = body.model_dump(exclude_unset=True)
    corrected = await correct_employment(work, employee_id, employment_id, changes, grant=grant)
    return EmploymentView.model_validate(corrected)


@router.delete("/employees/{employee_id}/employments/{employment_id}", status_code=204)
async def delete_employment(employee_id: UUID, employment_id: UUID, grant: ToWrite, work: WorkDep) -> None:
    await remove_employment(work, employee_id, employment_id, grant=grant)
