"""`/v1/plans`: what each department sets itself, from a draft to HR's approval."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.api.targets import TargetView
from services.performance.domain.goals.plan import PlanState
from services.performance.domain.schemes.item import SchemeItem
from services.performance.usecases.goals.adjust_plan import adjust_plan
from services.performance.usecases.goals.approve_plan import approve_plan
from services.performance.usecases.goals.read_plan import SchemeInPlan, read_plan
from services.performance.usecases.goals.return_plan import return_plan
from services.performance.usecases.goals.submit_plan import submit_plan
from shared.contracts.decimals import DecimalText
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="plans")
ToDecide = Annotated[Grant, POLICY.allow("plans:decide")]
ToSubmit = Annotated[Grant, POLICY.allow("plans:submit")]
ToRead = Annotated[Grant, POLICY.allow("plans:read")]


class Weights(Body):
    scheme_id: UUID
    weights: dict[str, int] = Field(description="basis points by item key, 10,000 together")


class PlanReturn(Body):
    comment: str = Field(max_length=2000)


class PlanView(View):
    id: UUID
    cycle_id: UUID
    department_id: UUID
    state: PlanState
    due_on: date
    weights: dict[UUID, dict[str, int]] = Field(description="what replaces a scheme's own weights, by scheme")
    former_weights: dict[str, dict[str, int]] = Field(
        description="what goes on replacing those of a former version, for its days, by `scheme id/version`"
    )
    submitted_by: UUID | None
    submitted_at: datetime | None
    decided_by: UUID | None
    decided_at: datetime | None
    comment: str | None
    sequence: int
    created_at: datetime
    updated_at: datetime


class ListedPlanView(PlanView):
    department_name: str | None
    late: bool


class ItemWeightView(View):
    key: str
    name: str
    metric: str
    weight: int = Field(description="basis points in this plan")
    scheme_weight: int = Field(description="basis points in the scheme")
    default_target: DecimalText | None

    @classmethod
    def of(cls, item: SchemeItem, *, weight: int) -> Self:
        return cls(
            key=item.key,
            name=item.name,
            metric=item.metric.key,
            weight=weight,
            scheme_weight=item.weight,
            default_target=item.default_target,
        )


class SchemeInPlanView(View):
    scheme_id: UUID
    name: str
    version: int
    people: int
    items: list[ItemWeightView]

    @classmethod
    def of(cls, used: SchemeInPlan) -> Self:
        items = [ItemWeightView.of(item, weight=used.weights.get(item.key, item.weight)) for item in used.scheme.items]
        return cls(scheme_id=used.scheme_id, name=used.name, version=used.version, people=used.people, items=items)


class PlanSheetView(PlanView):
    """A plan with the weights of every scheme in it, and the targets of the department and its people."""

    schemes: list[SchemeInPlanView]
    targets: list[TargetView]


@router.get("/cycles/{cycle_id}/plans")
async def list_cycle_plans(
    cycle_id: UUID, grant: ToRead, queries: QueriesDep, page: SyncParams
) -> Listed[ListedPlanView]:
    return listed(await queries.plans(cycle_id, page, grant.reach), ListedPlanView.model_validate)


@router.get("/plans/{plan_id}")
async def get_plan(plan_id: UUID, response: Response, grant: ToRead, work: WorkDep) -> PlanSheetView:
    sheet = await read_plan(work, plan_id, grant.reach)
    shown = PlanView.model_validate(sheet.plan).model_dump()
    schemes = [SchemeInPlanView.of(used) for used in sheet.schemes]
    targets = [TargetView.of(target, everywhere=sheet.everywhere) for target in sheet.targets]
    return tagged(response, PlanSheetView(**shown, schemes=schemes, targets=targets))


@router.put("/plans/{plan_id}/weights")
async def put_plan_weights(
    plan_id: UUID,
    body: Weights,
    *,
    response: Response,
    grant: ToSubmit,
    work: WorkDep,
    expected: ExpectedVersion,
) -> PlanView:
    adjusted = await adjust_plan(
        work, plan_id, scheme_id=body.scheme_id, weights=body.weights, grant=grant, expected=expected
    )
    return tagged(response, PlanView.model_validate(adjusted))


@router.post("/plans/{plan_id}/submission")
async def post_plan_submission(
    plan_id: UUID, response: Response, grant: ToSubmit, work: WorkDep, expected: ExpectedVersion
) -> PlanView:
    submitted = await submit_plan(work, plan_id, grant=grant, expected=expected)
    return tagged(response, PlanView.model_validate(submitted))


@router.post("/plans/{plan_id}/approval")
async def post_plan_approval(
    plan_id: UUID, response: Response, grant: ToDecide, work: WorkDep, expected: ExpectedVersion
) -> PlanView:
    approved = await approve_plan(work, plan_id, grant=grant, expected=expected)
    return tagged(response, PlanView.model_validate(approved))


@router.post("/plans/{plan_id}/return")
async def post_plan_return(
    plan_id: UUID,
    body: PlanReturn,
    *,
    response: Response,
    grant: ToDecide,
    work: WorkDep,
    expected: ExpectedVersion,
) -> PlanView:
    returned = await return_plan(work, plan_id, body.comment, grant=grant, expected=expected)
    return tagged(response, PlanView.model_validate(returned))
