"""Plan a cycle."""

from services.performance.domain.cycle import Cycle, Terms
from services.performance.usecases.goals.announce_procedure import cycle_changed
from services.performance.usecases.ports import Work
from shared.core.errors import Conflict


async def create_cycle(work: Work, terms: Terms) -> Cycle:
    """Raise Conflict (`cycle_overlaps`, `already_exists` for a name in use)."""
    async with work() as uow:
        if overlapping := await uow.cycles.overlapping(terms.period):
            raise Conflict("cycle_overlaps", f"It shares days with the cycle “{overlapping[0].terms.name}”.")
        cycle = Cycle.planned(uow.new_id(), terms, at=uow.now())
        await uow.cycles.add(cycle)
        uow.publish(cycle_changed(cycle))
        await uow.commit()
    return cycle
