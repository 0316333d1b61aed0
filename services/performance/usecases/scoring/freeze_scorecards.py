"""Lets the scores of a cycle stand still, so that they can be looked at before they are published."""

from services.performance.domain.cycle import Cycle
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.settle_results import begin_run, settle_results
from shared.contracts.scores import Cause


async def freeze_scorecards(uow: UnitOfWork, cycle: Cycle) -> None:
    """Settle every provisional scorecard a last time and freeze it, with the departments. Does not commit."""
    await uow.org.keep_tree(cycle.id)
    cards = await uow.scorecards.lock(cycle.id, status="provisional")
    run = begin_run(uow, cycle, cause=Cause(kind="cycle", reference=str(cycle.id)), concerned=len(cards))
    await settle_results(uow, cycle, cards, run=run, status="frozen")
