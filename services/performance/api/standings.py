"""`/v1/employees/{id}/standing`: how somebody stands now: results that still move, plans, what was said."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from services.performance.api.deps import QueriesDep
from services.performance.api.feedback import FeedbackView
from services.performance.api.improvement_plans import ImprovementPlanView
from services.performance.api.policy import POLICY
from services.performance.api.scorecards import ScorecardView
from services.performance.domain.cycle import Phase
from shared.core.access import Grant
from shared.core.paging import Row
from shared.kit.http.app import View, new_router

router = new_router(tag="scorecards")


class CurrentScorecardView(ScorecardView):
    cycle_name: str
    starts_on: date
    ends_on: date
    phase: Phase


class EmployeeStandingView(View):
    """Scorecards of cycles that are not published, improvement plans not done, the newest feedback."""

    employee_id: UUID
    scorecards: list[CurrentScorecardView]
    improvement_plans: list[ImprovementPlanView]
    feedback: list[FeedbackView]

    @classmethod
    def of_row(cls, row: Row) -> Self:
        cards = [CurrentScorecardView.of_row(card) for card in row["scorecards"]]
        return cls.model_validate({**row, "scorecards": cards})


@router.get("/employees/{employee_id}/standing", response_model_exclude_unset=True)
async def get_standing(
    employee_id: UUID, grant: Annotated[Grant, POLICY.allow("scores:read")], queries: QueriesDep
) -> EmployeeStandingView:
    return EmployeeStandingView.of_row(await queries.standing(employee_id, grant.reach))
