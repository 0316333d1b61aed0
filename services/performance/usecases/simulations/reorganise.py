"""Changes the copy of the organisation as the archive would, in a unit of work that never commits."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.simulation.reorganisation import Reorganisation
from services.performance.usecases.ports import UnitOfWork
from shared.core.errors import placed


async def reorganise(uow: UnitOfWork, supposed: Reorganisation) -> Collection[UUID]:
    """Let departments lie elsewhere and people work elsewhere; gives these people. Whoever waits locks no cycle yet.

    Raises NotFound (`department_not_found`, `not_found`), Conflict (`department_circle`).
    """
    if not supposed:
        return ()
    supposed.refuse_impossible(await uow.org.tree())
    await uow.org.suppose_parents(supposed.departments)
    await uow.org.hold_places(supposed)
    movers = {move.employee_id for move in supposed.moves}
    for at, move in supposed.moves_in_order:
        with placed(f"/moves/{at}", subject="employee_id"):
            await uow.org.suppose_move(move, new_id=uow.new_id)
    for merger in supposed.mergers_in_order:
        movers.update(await uow.org.suppose_merger(merger, new_id=uow.new_id))
    return movers
