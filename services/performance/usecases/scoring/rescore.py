"""Computes running scorecards anew after something they depend on changed."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.settle_results import settle_results
from shared.contracts.scores import Cause


async def rescore(
    uow: UnitOfWork,
    cycle_id: UUID,
    *,
    cause: Cause,
    employee_ids: Collection[UUID] | None = None,
    held: Cycle | None = None,
) -> None:
    """Rescore the provisional scorecards of a cycle, or of some of its people; frozen and published ones never move.

    Scorecards are locked before anything is read, so that of two changes the later sees both; only a cycle that the
    caller holds steady (`held`) is not read again. Does not commit.
    """
    cards = await uow.scorecards.lock(cycle_id, status="provisional", employee_ids=employee_ids)
    if cards:
        cycle = held or await uow.inputs.cycle(cycle_id)
        await settle_results(uow, cycle, cards, cause=cause, status="provisional")
