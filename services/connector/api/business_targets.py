"""`/v1/business-targets`: what the business wants to reach, as its own systems say it."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.connector.api.deps import QueriesDep, WorkDep
from services.connector.api.fields import Currency, DepartmentRef, EmployeeRef, MetricName
from services.connector.api.policy import POLICY
from services.connector.domain.business_target import BusinessTarget
from services.connector.domain.identity import Reference, SubjectKind
from services.connector.usecases.set_business_target import set_business_target, withdraw_business_target
from shared.core.access import Grant
from shared.core.errors import Invalid, placed
from shared.core.periods import Period
from shared.kit.http import tombstones
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.numbers import Number
from shared.kit.http.paging import SyncParams

router = new_router(tag="business-targets")
RemoteIdParam = Annotated[str, Path(min_length=1, max_length=200)]


class BusinessTargetIn(Body):
    """The value of a metric in `[starts_on, ends_on)` for exactly one of `company`, `department`, `employee`."""

    metric: MetricName
    company: Annotated[bool, Field(examples=[True])] = False
    department: DepartmentRef | None = None
    employee: EmployeeRef | None = None
    starts_on: Annotated[Day, Field(examples=["2026-01-01"])]
    ends_on: Annotated[Day, Field(examples=["2026-07-01"])]
    value: Number
    currency: Currency | None = None

    def reference(self) -> Reference:
        """Give whom it is for. Raises Invalid (`subject_count`, `reference_count`)."""
        if sum((self.company, self.department is not None, self.employee is not None)) != 1:
            raise Invalid.at("", "subject_count", "Give exactly one of `company`, `department` and `employee`.")
        if self.employee is not None:
            return self.employee.reference("/employee")
        return self.department.reference("/department") if self.department else Reference("company")


class BusinessTargetView(View):
    id: UUID
    source: str
    remote_id: str
    metric: str
    subject_kind: SubjectKind
    subject_id: UUID | None
    starts_on: date
    ends_on: date
    value: Number
    currency: str | None
    sequence: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, target: BusinessTarget, *, source: str) -> Self:
        aim = target.aim
        return cls(
            id=target.id,
            source=source,
            remote_id=target.remote_id,
            metric=aim.metric,
            subject_kind=aim.subject.kind,
            subject_id=aim.subject.id,
            starts_on=aim.period.starts_on,
            ends_on=aim.period.ends_on,
            value=aim.value,
            currency=aim.currency,
            sequence=target.sequence,
            created_at=target.created_at,
            updated_at=target.updated_at,
        )


@router.get("/business-targets")
async def list_business_targets(
    grant: Annotated[Grant, POLICY.allow("business_targets:read")],
    queries: QueriesDep,
    page: SyncParams,
    *,
    source: str | None = None,
    metric: str | None = None,
) -> tombstones.Listed[BusinessTargetView]:
    rows = await queries.business_targets(page, grant.reach, source=source, metric=metric)
    return tombstones.listed(rows, BusinessTargetView.model_validate)


@router.put("/business-targets/{source}/{remote_id}", dependencies=[POLICY.allow("business_targets:write")])
async def put_business_target(
    source: str, remote_id: RemoteIdParam, body: BusinessTargetIn, work: WorkDep
) -> BusinessTargetView:
    """Set the target the source knows by this id; the same again changes nothing."""
    with placed("/ends_on"):
        period = Period(body.starts_on, body.ends_on)
    target = await set_business_target(
        work,
        source,
        remote_id,
        reference=body.reference(),
        metric=body.metric,
        period=period,
        value=body.value,
        currency=body.currency,
    )
    return BusinessTargetView.of(target, source=source)


@router.delete(
    "/business-targets/{source}/{remote_id}", status_code=204, dependencies=[POLICY.allow("business_targets:write")]
)
async def delete_business_target(source: str, remote_id: RemoteIdParam, work: WorkDep) -> None:
    """Withdraw a target; set again, it holds again."""
    await withdraw_business_target(work, source, remote_id)
