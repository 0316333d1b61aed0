"""`/v1/quarantine`: observations that wait until somebody they name is known."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.connector.api.deps import QueriesDep, WorkDep
from services.connector.api.observations import ObservationView
from services.connector.api.policy import POLICY
from services.connector.usecases.dismiss_observation import dismiss_observation
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed

router = new_router(tag="quarantine")


class Dismissal(Body):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class QuarantineSummaryView(View):
    waiting: int
    oldest_at: datetime | None
    """Since when the first of them has been waiting."""


@router.get("/quarantine", dependencies=[POLICY.allow("quarantine:read")])
async def list_quarantine(queries: QueriesDep, page: UpdatedParams) -> Listed[ObservationView]:
    """Each item's `credits` say whom nobody knows, and why."""
    return listed(await queries.quarantine(page), ObservationView.model_validate)


@router.get("/quarantine/summary", dependencies=[POLICY.allow("quarantine:read")])
async def get_quarantine_summary(queries: QueriesDep) -> QuarantineSummaryView:
    return QuarantineSummaryView.model_validate(await queries.quarantine_summary())


@router.post("/quarantine/{observation_id}/dismissal", status_code=204)
async def post_dismissal(
    observation_id: UUID,
    body: Dismissal,
    grant: Annotated[Grant, POLICY.allow("quarantine:write")],
    work: WorkDep,
) -> None:
    """Decide that it shall never count, unless its source corrects it."""
    await dismiss_observation(work, observation_id, grant=grant, reason=body.reason)
