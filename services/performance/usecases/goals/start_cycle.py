"""Lets a prepared cycle run as soon as its policy allows."""

from services.performance.domain.cycle import Cycle
from services.performance.usecases.goals.announce_procedure import cycle_changed
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.open_scorecards import open_scorecards
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause


async def start_cycle(uow: UnitOfWork, cycle: Cycle) -> Cycle:
    """Open scorecards and let data count, or give the cycle back as it is while it waits for plans.

    The cycle is locked. Raises Conflict (`cycle_phase`). Does not commit.
    """
    owed = [plan for plan in await uow.plans.all(cycle_id=cycle.id) if not plan.is_settled]
    if cycle.phase == "planning" and cycle.waits_for(len(owed)):
        return cycle
    started = cycle.started(open_plans=len(owed), at=uow.now())
    await uow.cycles.save(started)
    uow.publish(cycle_changed(started))
    await open_scorecards(uow, started)
    await rescore(uow, started.id, cause=Cause(kind="cycle", reference=str(started.id)))
    return started
