"""Goes on with recomputations that concern more people than one transaction should hold."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from services.performance.domain.scoring.score_run import PORTION, RETRY_WAITS, Problem, ScoreRun
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.settle_results import settle_results
from shared.core.errors import DomainError

_log = logging.getLogger(__name__)


async def continue_score_runs(work: Work, *, portion: int = PORTION, waits: Sequence[timedelta] = RETRY_WAITS) -> None:
    """Settle a `portion` of scorecards after the other, each with what holds by then, until no run is due.

    A portion's results and how far the run is are one transaction, so that whoever dies leaves a run that goes on
    elsewhere; of two workers the second finds nothing to do. A portion that fails is tried again after each of
    `waits`, and then the run is given up; others do not wait for it.
    """
    while await _another(work, portion, waits):
        pass


async def _another(work: Work, portion: int, waits: Sequence[timedelta]) -> bool:
    async with work() as uow:
        run = await uow.score_runs.due()
        if run is None:
            return False
        try:
            await _settle(uow, run, portion)
        except Exception as error:  # noqa: BLE001 -- it is logged and kept with the run
            failure = error
        else:
            await uow.commit()
            return True
    await _put_off(work, run, failure, waits)
    return True


async def _settle(uow: UnitOfWork, run: ScoreRun, portion: int) -> None:
    cycle = await uow.inputs.cycle(run.cycle_id)
    cards = await uow.scorecards.lock(cycle.id, status="provisional", after=run.reached, limit=portion)
    await settle_results(uow, cycle, cards, run=run, status="provisional", last=len(cards) < portion)


async def _put_off(work: Work, failed: ScoreRun, error: Exception, waits: Sequence[timedelta]) -> None:
    """Note a failure in a unit of its own, unless somebody else got on with the run meanwhile."""
    _log.error("score_run.failed", extra={"run": str(failed.id), "attempt": failed.attempts + 1}, exc_info=error)
    async with work() as uow:
        run = await uow.score_runs.get(failed.id)
        if run == failed:
            wait = waits[run.attempts] if run.attempts < len(waits) else None
            problem = _problem(error)
            await uow.score_runs.put_off(run.attempt_failed(problem, last=wait is None, at=uow.now()), wait=wait)
            await uow.commit()


def _problem(error: Exception) -> Problem:
    if isinstance(error, DomainError):
        return Problem(error.code, error.detail)
    return Problem("internal_error", f"It ended in {type(error).__name__}; the worker's log says more.")
