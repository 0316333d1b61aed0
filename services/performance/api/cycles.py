"""`/v1/cycles`: assessment periods, their phases, and how far they have come."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.cycle import Cycle, FtePolicy, LatePolicy, Phase, Terms
from services.performance.domain.goals.cascade import STANDARD as STANDARD_CASCADE
from services.performance.domain.goals.cascade import Basis, Cascade
from services.performance.domain.leave import STANDARD, LeavePolicy
from services.performance.domain.organisation import PositionsPolicy
from services.performance.usecases.cycles.create_cycle import create_cycle
from services.performance.usecases.cycles.freeze_cycle import freeze_cycle
from services.performance.usecases.cycles.open_cycle import open_cycle
from services.performance.usecases.cycles.publish_cycle import publish_cycle
from services.performance.usecases.cycles.replan_cycle import replan_cycle
from shared.core.access import Grant
from shared.core.errors import placed
from shared.core.periods import Period
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="cycles")
_POLICIES = (
    "name",
    "plan_due_on",
    "late_policy",
    "confirmation_threshold",
    "history_mark",
    "growth",
    "minimum_workdays",
    "leave",
    "fte",
    "positions",
    "cascade",
)
_STAMPS = ("opened_at", "frozen_at", "published_at", "sequence", "created_at", "updated_at")


class LeavePolicyIn(Body):
    kinds: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default=list(STANDARD.kinds), max_length=100, description="kinds of leave whose days are not eligible"
    )
    minimum_workdays: int = Field(
        default=STANDARD.minimum_workdays,
        ge=1,
        le=366,
        description="shorter leave, with what follows it on the next workday, changes nothing",
    )

    def policy(self) -> LeavePolicy:
        return LeavePolicy(tuple(dict.fromkeys(self.kinds)), self.minimum_workdays)


class LeavePolicyView(View):
    kinds: list[str]
    minimum_workdays: int


class CascadeIn(Body):
    departments: Basis = Field(
        default=STANDARD_CASCADE.departments, description="divides the company's over departments"
    )
    people: Basis = Field(default=STANDARD_CASCADE.people, description="divides a department's over its people")

    def bases(self) -> Cascade:
        return Cascade(self.departments, self.people)


class CascadeView(View):
    departments: Basis
    people: Basis


class NewCycle(Body):
    name: str = Field(min_length=1, max_length=200)
    starts_on: Day = Field(examples=["2026-01-01"])
    ends_on: Day = Field(examples=["2026-07-01"], description="the first day that no longer belongs to it")
    plan_due_on: Day = Field(examples=["2026-01-20"])
    late_policy: LatePolicy = "defaulted"
    confirmation_threshold: Number | None = Field(
        default=None,
        examples=["0.25"],
        description="a business target that moves by more than this share (`0.25` by default) waits for HR",
    )
    history_mark: Number | None = Field(
        default=None,
        examples=["0.3"],
        description="targets further than this share (`0.3` by default) off their history are marked",
    )
    growth: Number | None = Field(
        default=None,
        examples=["0.05"],
        description="what targets generated from history ask for beyond it (`0` by default)",
    )
    minimum_workdays: int = Field(
        default=0, ge=0, le=366, description="whom a scheme scores for fewer workdays is ungraded"
    )
    leave: LeavePolicyIn = Field(default_factory=LeavePolicyIn)
    fte: FtePolicy = Field(
        default="ignore",
        description="whether what is meant for full-time people is asked of others in proportion to their FTE",
    )
    positions: PositionsPolicy = Field(
        default="allocate",
        description="whether of several positions at once each has its part of the score, by FTE, "
        "or the principal one all of it",
    )
    cascade: CascadeIn = Field(default_factory=CascadeIn)

    def terms(self) -> Terms:
        policies = self.model_dump(exclude={"starts_on", "ends_on", "leave", "cascade"}, exclude_none=True)
        with placed("/ends_on"):
            days = Period(self.starts_on, self.ends_on)
        return Terms(period=days, leave=self.leave.policy(), cascade=self.cascade.bases(), **policies)


class CycleView(View):
    id: UUID
    name: str
    starts_on: date
    ends_on: date
    plan_due_on: date
    late_policy: LatePolicy
    confirmation_threshold: Number
    history_mark: Number
    growth: Number
    minimum_workdays: int
    leave: LeavePolicyView
    fte: FtePolicy
    positions: PositionsPolicy
    cascade: CascadeView
    phase: Phase
    opened_at: datetime | None
    frozen_at: datetime | None
    published_at: datetime | None
    sequence: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, cycle: Cycle) -> Self:
        period = cycle.period
        terms = {name: getattr(cycle.terms, name) for name in _POLICIES}
        stamps = {name: getattr(cycle, name) for name in _STAMPS}
        return cls(
            id=cycle.id, phase=cycle.phase, starts_on=period.starts_on, ends_on=period.ends_on, **terms, **stamps
        )


class HeadView(View):
    employee_id: UUID
    name: str | None
    kind: Literal["head", "acting"]


class DepartmentProgress(View):
    plan_id: UUID
    department_id: UUID
    department_name: str | None
    state: str
    due_on: date
    late: bool
    heads: list[HeadView]


class ProgressView(View):
    """As far as the caller reaches."""

    id: UUID
    name: str
    phase: Phase
    plan_due_on: date
    plans: dict[str, int] = Field(description="plans by state")
    late: int
    scorecards: dict[str, int] = Field(description="scorecards by status")
    departments: list[DepartmentProgress]


@router.get("/cycles", dependencies=[POLICY.allow("cycles:read")])
async def list_cycles(queries: QueriesDep, page: SyncParams) -> Listed[CycleView]:
    return listed(await queries.cycles(page), CycleView.model_validate)


@router.get("/cycles/{cycle_id}", dependencies=[POLICY.allow("cycles:read")])
async def get_cycle(cycle_id: UUID, response: Response, queries: QueriesDep) -> CycleView:
    row = await queries.cycle(cycle_id)
    return tagged(response, CycleView.model_validate(row))


@router.post("/cycles", status_code=201, dependencies=[POLICY.allow("cycles:write")])
async def post_cycle(body: NewCycle, response: Response, work: WorkDep) -> CycleView:
    return tagged(response, CycleView.of(await create_cycle(work, body.terms())))


@router.put("/cycles/{cycle_id}", dependencies=[POLICY.allow("cycles:write")])
async def put_cycle(
    cycle_id: UUID, body: NewCycle, response: Response, work: WorkDep, expected: ExpectedVersion
) -> CycleView:
    """Plan it otherwise, as long as it is not opened."""
    return tagged(response, CycleView.of(await replan_cycle(work, cycle_id, body.terms(), expected=expected)))


@router.post("/cycles/{cycle_id}/opening", dependencies=[POLICY.allow("cycles:write")])
async def post_cycle_opening(cycle_id: UUID, response: Response, work: WorkDep, expected: ExpectedVersion) -> CycleView:
    return tagged(response, CycleView.of(await open_cycle(work, cycle_id, expected=expected)))


@router.post("/cycles/{cycle_id}/freeze", dependencies=[POLICY.allow("cycles:write")])
async def post_cycle_freeze(cycle_id: UUID, response: Response, work: WorkDep, expected: ExpectedVersion) -> CycleView:
    return tagged(response, CycleView.of(await freeze_cycle(work, cycle_id, expected=expected)))


@router.post("/cycles/{cycle_id}/publication", dependencies=[POLICY.allow("cycles:write")])
async def post_cycle_publication(
    cycle_id: UUID, response: Response, work: WorkDep, expected: ExpectedVersion
) -> CycleView:
    return tagged(response, CycleView.of(await publish_cycle(work, cycle_id, expected=expected)))


@router.get("/cycles/{cycle_id}/progress")
async def get_cycle_progress(
    cycle_id: UUID, grant: Annotated[Grant, POLICY.allow("plans:read")], queries: QueriesDep
) -> ProgressView:
    return ProgressView.model_validate(await queries.progress(cycle_id, grant.reach))
