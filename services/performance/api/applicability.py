"""`/v1/scorecards/{id}/items/{key}/applicability`: what does not apply to somebody, and who decided so."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.usecases.scoring.decide_applicability import (
    Asked,
    approve_applicability,
    propose_applicability,
)
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="scorecards")


class Proposal(Body):
    """Whether the item applies to the person; nothing changes before somebody else of HR approves."""

    applicable: bool = Field(examples=[False])
    reason: str = Field(min_length=1, max_length=1000)


class ApplicabilityView(View):
    scorecard_id: UUID
    item: str
    applicable: bool = Field(description="what holds")
    proposed: bool | None = Field(description="what waits for approval; null where nothing does")
    reason: str
    proposed_by: str = Field(description="account or client")
    decided_by: str | None
    sequence: int
    created_at: datetime
    updated_at: datetime


@router.get("/scorecards/{scorecard_id}/applicability")
async def list_applicability(
    scorecard_id: UUID,
    grant: Annotated[Grant, POLICY.allow("scores:read")],
    queries: QueriesDep,
    page: UpdatedParams,
) -> Listed[ApplicabilityView]:
    """Show the items of which anybody ever asked whether they apply."""
    return listed(await queries.applicability(scorecard_id, page, grant.reach), ApplicabilityView.model_validate)


@router.put("/scorecards/{scorecard_id}/items/{key}/applicability")
async def put_applicability(
    scorecard_id: UUID,
    key: str,
    body: Proposal,
    *,
    response: Response,
    grant: Annotated[Grant, POLICY.allow("applicability:propose")],
    work: WorkDep,
    expected: ExpectedVersion,
) -> ApplicabilityView:
    """Ask for an item not to apply to a person, or to apply again; to ask for what holds takes back what waits."""
    asked = Asked(scorecard_id, key, body.applicable, body.reason)
    proposed = await propose_applicability(work, asked, grant=grant, expected=expected)
    return tagged(response, ApplicabilityView.model_validate(proposed))


@router.post("/scorecards/{scorecard_id}/items/{key}/applicability/approval")
async def post_applicability_approval(
    scorecard_id: UUID,
    key: str,
    *,
    response: Response,
    grant: Annotated[Grant, POLICY.allow("applicability:approve")],
    work: WorkDep,
    expected: ExpectedVersion,
) -> ApplicabilityView:
    """Let hold what somebody else asked for; the person's score follows."""
    approved = await approve_applicability(work, scorecard_id, key, grant=grant, expected=expected)
    return tagged(response, ApplicabilityView.model_validate(approved))
