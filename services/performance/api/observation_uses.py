"""`/v1/observations/{id}/uses`: where an observation counted, or why it did not."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.performance.api.deps import WorkDep
from services.performance.api.policy import POLICY
from services.performance.usecases.explaining.trace_observation import trace_observation
from shared.core.access import Grant
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import MAX_LIMIT

router = new_router(tag="observations")


class NewerRevisionView(View):
    revision: int = Field(description="the `decision` of the observation that has taken the place")
    fate: str = Field(description="late, or why it would not count there anyway")


class UseView(View):
    cycle_id: UUID
    scorecard_id: UUID
    employee_id: UUID
    segment: int | None = Field(description="of the scorecard, from 0; null for what acts on the whole")
    item: str
    metric: str
    role: str
    counted: bool
    fate: str = Field(
        description="counted; outranked by what is larger, smaller or later; repeated: another one with the same value "
        "counts; no_dimension: it has no such value; retracted, other_measure, no_cohort_date, outside_period, "
        "filtered, late, not_in_place"
    )
    revision: int = Field(
        description="what the fate is of: the one that stands, or of a frozen or published result that stood then"
    )
    newer: NewerRevisionView | None = Field(
        default=None, description="what has taken its place since and does not count in a result that stands still"
    )
    counted_instead: UUID | None = Field(
        default=None, description="which observation counts in its place; null where the caller may not list them"
    )


class UsesView(View):
    observation_id: UUID
    uses: list[UseView]


@router.get("/observations/{observation_id}/uses")
async def list_observation_uses(
    observation_id: UUID,
    grant: Annotated[Grant, POLICY.allow("observation_uses:read")],
    work: WorkDep,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> UsesView:
    uses = await trace_observation(work, grant.reach, observation_id, limit=limit)
    return UsesView(observation_id=observation_id, uses=[UseView.model_validate(use) for use in uses])
