"""`/v1/improvement-plans`: how people answer their results, and heads' agreement."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.expand import ExpandedPerson, PersonParts, expanding
from services.performance.api.policy import POLICY
from services.performance.domain.reports.improvement import Goal
from services.performance.usecases.follow_up.accept_improvement_plan import accept_improvement_plan
from services.performance.usecases.follow_up.submit_improvement_plan import submit_improvement_plan
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="improvement-plans")


class GoalModel(Body):
    text: str = Field(min_length=1, max_length=1000)
    due_on: Day | None = None


class GoalView(View):
    text: str
    due_on: date | None


class NewImprovementPlan(Body):
    scorecard_id: UUID
    goals: list[GoalModel] = Field(min_length=1, max_length=20)


class ImprovementPlanView(ExpandedPerson):
    id: UUID
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    goals: list[GoalView]
    state: str
    accepted_by: UUID | None
    sequence: int
    created_at: datetime
    updated_at: datetime


@router.get("/improvement-plans", response_model_exclude_unset=True)
async def list_improvement_plans(
    grant: Annotated[Grant, POLICY.allow("improvement_plans:read")],
    queries: QueriesDep,
    page: SyncParams,
    expand: PersonParts = None,
    *,
    scorecard_id: UUID | None = None,
    employee_id: UUID | None = None,
) -> Listed[ImprovementPlanView]:
    rows = await queries.improvement_plans(
        page, grant.reach, expanding(grant, expand), scorecard_id=scorecard_id, employee_id=employee_id
    )
    return listed(rows, ImprovementPlanView.model_validate)


@router.post("/improvement-plans", status_code=201, response_model_exclude_unset=True)
async def post_improvement_plan(
    body: NewImprovementPlan,
    response: Response,
    grant: Annotated[Grant, POLICY.allow("improvement_plans:write")],
    work: WorkDep,
) -> ImprovementPlanView:
    goals = [Goal(goal.text, goal.due_on) for goal in body.goals]
    plan = await submit_improvement_plan(work, grant, scorecard_id=body.scorecard_id, goals=goals)
    return tagged(response, ImprovementPlanView.model_validate(plan))


@router.post("/improvement-plans/{improvement_plan_id}/acceptance", response_model_exclude_unset=True)
async def post_improvement_plan_acceptance(
    improvement_plan_id: UUID,
    response: Response,
    grant: Annotated[Grant, POLICY.allow("improvement_plans:accept")],
    work: WorkDep,
    expected: ExpectedVersion,
) -> ImprovementPlanView:
    plan = await accept_improvement_plan(work, grant, improvement_plan_id, expected=expected)
    return tagged(response, ImprovementPlanView.model_validate(plan))
