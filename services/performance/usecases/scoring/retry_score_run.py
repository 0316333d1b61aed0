"""Let a recomputation that was given up go on."""

from uuid import UUID

from services.performance.domain.scoring.score_run import ScoreRun
from services.performance.usecases.ports import Work


async def retry_score_run(work: Work, run_id: UUID) -> ScoreRun:
    """Let workers go on where it stopped. Raises NotFound, Conflict (`score_run_not_failed`)."""
    async with work() as uow:
        run = (await uow.score_runs.get(run_id)).retried(at=uow.now())
        await uow.score_runs.put_off(run, wait=None)
        await uow.commit()
    return run
