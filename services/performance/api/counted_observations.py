"""`/v1/scorecards/{id}/items/{key}/observations`: what is taken in for one line, page by page."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from services.performance.api.curves import ItemKey
from services.performance.api.deps import WorkDep
from services.performance.api.explanations import CountedView
from services.performance.api.policy import POLICY
from services.performance.api.scorecards import AsOf
from services.performance.usecases.explaining.list_counted import list_counted
from shared.core.access import Grant
from shared.kit.http.app import new_router
from shared.kit.http.paging import Listed, PageParams, listed

router = new_router(tag="scorecards")
Role = Annotated[
    Literal["value", "numerator", "denominator"], Query(description="which side of the item's metric; of a ratio two")
]


@router.get("/scorecards/{scorecard_id}/items/{key}/observations")
async def list_counted_observations(
    scorecard_id: UUID,
    key: ItemKey,
    grant: Annotated[Grant, POLICY.allow("scores:read")],
    work: WorkDep,
    page: PageParams,
    *,
    role: Role = "value",
    segment: Annotated[int, Query(ge=0, le=1000, description="which of the scorecard's segments, from 0")] = 0,
    as_of: AsOf = None,
) -> Listed[CountedView]:
    found = await list_counted(work, grant.reach, scorecard_id, key, role=role, segment=segment, page=page, as_of=as_of)
    return listed(found, CountedView.model_validate)
