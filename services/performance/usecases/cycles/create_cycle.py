"""Plan a cycle."""

from services.performance.domain.cycle import Cycle, Terms, refuse_overlap
from services.performance.usecases.goals.announce_procedure import cycle_changed
from services.performance.usecases.ports import Work


async def create_cycle(work: Work, terms: Terms) -> Cycle:
    """Raise Conflict (`cycle_overlaps`, `already_exists` for a name in use)."""
    async with work() as uow:
        refuse_overlap(await uow.cycles.overlapping(terms.period))
        cycle = Cycle.planned(uow.new_id(), terms, at=uow.now())
        await uow.cycles.add(cycle)
        uow.publish(cycle_changed(cycle))
        await uow.commit()
    return cycle
