"""Computes running scorecards anew after something they depend on changed."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.score_run import PORTION
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.settle_results import begin_run, settle_results
from shared.contracts.scores import Cause


async def rescore(
    uow: UnitOfWork,
    cycle_id: UUID,
    *,
    cause: Cause,
    employee_ids: Collection[UUID] | None = None,
    held: Cycle | None = None,
    portion: int = PORTION,
    at_once: bool = False,
) -> None:
    """Rescore the provisional scorecards of a cycle, or of some of its people; frozen and published ones never move.

    Scorecards are locked before anything is read, so that of two changes the later sees both; only a cycle that the
    caller holds steady (`held`) is not read again. Of more than a `portion` of people, a run over the whole cycle is
    begun and left to `continue_score_runs`, unless the caller needs it `at_once`. Does not commit.
    """
    if not at_once and (employee_ids is None or len(employee_ids) > portion):
        concerned = await uow.scorecards.count(cycle_id, status="provisional")
        if concerned > portion:
            cycle = held or await uow.inputs.cycle(cycle_id)
            await uow.score_runs.save(begin_run(uow, cycle, cause=cause, concerned=concerned))
            return
    cards = await uow.scorecards.lock(cycle_id, status="provisional", employee_ids=employee_ids)
    if cards:
        cycle = held or await uow.inputs.cycle(cycle_id)
        run = begin_run(uow, cycle, cause=cause, concerned=len(cards))
        await settle_results(uow, cycle, cards, run=run, status="provisional")
