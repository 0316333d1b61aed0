"""`/v1/score-runs`: when scores were computed anew, why, and how many changed."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.scoring.score_run import RunState, ScoreRun
from services.performance.usecases.scoring.retry_score_run import retry_score_run
from shared.core.access import Grant
from shared.core.paging import Row
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import Listed, SyncParams, listed

router = new_router(tag="score-runs")


class RunProblemView(View):
    code: str
    detail: str


class ScoreRunView(View):
    id: UUID
    cycle_id: UUID
    cause_kind: str
    cause_reference: Annotated[str | None, Field(description="null too where it is about somebody beyond reach")]
    state: Annotated[
        RunState, Field(description="large runs go on portion by portion; a `failed` one waits for its retry")
    ]
    concerned: Annotated[int, Field(description="scorecards there were when it began")]
    scored: Annotated[int, Field(description="so far")]
    changed: Annotated[int, Field(description="how many of them came out differently")]
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    attempts: Annotated[int, Field(description="failures in a row; 0 once it gets on")]
    problem: Annotated[RunProblemView | None, Field(description="of the last of them")]
    failed_at: Annotated[datetime | None, Field(description="when it was given up")]

    @classmethod
    def of_row(cls, row: Row) -> "ScoreRunView":
        return cls.of(ScoreRun(**{name: row[name] for name in ScoreRun.__dataclass_fields__}))

    @classmethod
    def of(cls, run: ScoreRun) -> "ScoreRunView":
        return cls.model_validate({**asdict(run), "state": run.state})


@router.get("/score-runs")
async def list_score_runs(
    grant: Annotated[Grant, POLICY.allow("score_runs:read")],
    queries: QueriesDep,
    page: SyncParams,
    cycle_id: UUID | None = None,
) -> Listed[ScoreRunView]:
    reach = POLICY.reach(grant.principal, "scores:read")
    return listed(await queries.score_runs(page, reach, cycle_id=cycle_id), ScoreRunView.of_row)


@router.post("/score-runs/{run_id}/retry", dependencies=[POLICY.allow("score_runs:retry")])
async def post_score_run_retry(run_id: UUID, work: WorkDep) -> ScoreRunView:
    """Let a run that was given up go on where it stopped."""
    return ScoreRunView.of(await retry_score_run(work, run_id))
