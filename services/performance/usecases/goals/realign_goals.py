"""Brings what a cycle asks for to the organisation as it now is."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target_history import Act
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.goals.open_plans import open_plans
from services.performance.usecases.ports import UnitOfWork


async def realign_goals(uow: UnitOfWork, cycle: Cycle) -> Collection[UUID]:
    """Open the plans that are missing and generate targets of a locked cycle; gives whose scores depend on these.

    Until plans are due targets follow the people; afterwards what stands stays, and who comes starts without a share.
    A cycle that is not opened yet will look for itself. Does not commit.
    """
    if not await uow.cycles.assignments(cycle.id):
        return ()
    await open_plans(uow, cycle)
    return await generate_targets(uow, cycle, Act("organisation"), steady=uow.today() > cycle.terms.plan_due_on)
