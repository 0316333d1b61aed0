"""`/v1/score-runs`: when scores were computed anew, why, and how many changed."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.performance.api.deps import QueriesDep
from services.performance.api.policy import POLICY
from shared.core.paging import Row
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import Listed, SyncParams, listed

router = new_router(tag="score-runs")


class ScoreRunView(View):
    id: UUID
    cycle_id: UUID
    cause_kind: str
    cause_reference: str | None
    state: Annotated[Literal["running", "finished"], Field(description="large runs go on portion by portion")]
    concerned: Annotated[int, Field(description="scorecards there were when it began")]
    scored: Annotated[int, Field(description="so far")]
    changed: Annotated[int, Field(description="how many of them came out differently")]
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of_row(cls, row: Row) -> "ScoreRunView":
        return cls.model_validate({**row, "state": "finished" if row["finished_at"] else "running"})


@router.get("/score-runs", dependencies=[POLICY.allow("score_runs:read")])
async def list_score_runs(queries: QueriesDep, page: SyncParams, cycle_id: UUID | None = None) -> Listed[ScoreRunView]:
    return listed(await queries.score_runs(page, cycle_id=cycle_id), ScoreRunView.of_row)
