"""Goes on with recomputations that concern more people than one transaction should hold."""

from services.performance.domain.scoring.score_run import PORTION
from services.performance.usecases.ports import Work
from services.performance.usecases.scoring.settle_results import settle_results


async def continue_score_runs(work: Work, *, portion: int = PORTION) -> None:
    """Settle a `portion` of scorecards after the other, each with what holds by then, until no run is left.

    A portion's results and how far the run is are one transaction, so that whoever dies leaves a run that goes on
    elsewhere; of two workers the second finds nothing to do.
    """
    while await _another(work, portion):
        pass


async def _another(work: Work, portion: int) -> bool:
    async with work() as uow:
        run = await uow.score_runs.unfinished()
        if run is None:
            return False
        cycle = await uow.inputs.cycle(run.cycle_id)
        cards = await uow.scorecards.lock(cycle.id, status="provisional", after=run.reached, limit=portion)
        await settle_results(uow, cycle, cards, run=run, status="provisional", last=len(cards) < portion)
        await uow.commit()
    return True
