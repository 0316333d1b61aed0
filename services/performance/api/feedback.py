"""`/v1/feedback`: what heads say about scorecards."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.expand import ExpandedPerson, PersonParts, expanding
from services.performance.api.policy import POLICY
from services.performance.usecases.follow_up.give_feedback import give_feedback
from shared.core.access import Grant
from shared.kit.http.app import Body, new_router
from shared.kit.http.paging import Listed, SyncParams, listed

router = new_router(tag="feedback")


class NewFeedback(Body):
    scorecard_id: UUID
    text: str = Field(min_length=1, max_length=4000)


class FeedbackView(ExpandedPerson):
    id: UUID
    scorecard_id: UUID
    employee_id: UUID
    author_id: UUID
    text: str
    created_at: datetime


@router.get("/feedback", response_model_exclude_unset=True)
async def list_feedback(
    grant: Annotated[Grant, POLICY.allow("feedback:read")],
    queries: QueriesDep,
    page: SyncParams,
    expand: PersonParts = None,
    *,
    scorecard_id: UUID | None = None,
    employee_id: UUID | None = None,
) -> Listed[FeedbackView]:
    rows = await queries.feedback(
        page, grant.reach, expanding(grant, expand), scorecard_id=scorecard_id, employee_id=employee_id
    )
    return listed(rows, FeedbackView.model_validate)


@router.post("/feedback", status_code=201, response_model_exclude_unset=True)
async def post_feedback(
    body: NewFeedback, grant: Annotated[Grant, POLICY.allow("feedback:write")], work: WorkDep
) -> FeedbackView:
    given = await give_feedback(work, grant, scorecard_id=body.scorecard_id, text=body.text)
    return FeedbackView.model_validate(given)
