"""`/v1/score-runs`: when scores were computed anew, why, and how many changed."""

from datetime import datetime
from uuid import UUID

from services.performance.api.deps import QueriesDep
from services.performance.api.policy import POLICY
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import Listed, SyncParams, listed

router = new_router(tag="score-runs")


class ScoreRunView(View):
    id: UUID
    cycle_id: UUID
    cause_kind: str
    cause_reference: str | None
    scored: int
    changed: int
    started_at: datetime
    finished_at: datetime


@router.get("/score-runs", dependencies=[POLICY.allow("score_runs:read")])
async def list_score_runs(queries: QueriesDep, page: SyncParams, cycle_id: UUID | None = None) -> Listed[ScoreRunView]:
    return listed(await queries.score_runs(page, cycle_id=cycle_id), ScoreRunView.model_validate)
