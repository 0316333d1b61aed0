"""Plan a cycle otherwise, before it is opened."""

from uuid import UUID

from services.performance.domain.cycle import Cycle, Terms, refuse_overlap
from services.performance.usecases.goals.announce_procedure import cycle_changed
from services.performance.usecases.ports import Work
from shared.core.errors import Conflict
from shared.core.versions import require_version


async def replan_cycle(work: Work, cycle_id: UUID, terms: Terms, *, expected: int | None) -> Cycle:
    """Raise NotFound, PreconditionFailed, Conflict (`cycle_opened`, `cycle_overlaps`, `already_exists`)."""
    async with work() as uow:
        others = await uow.cycles.overlapping(terms.period)
        cycle = await uow.cycles.get(cycle_id)
        require_version(cycle.sequence, expected)
        if await uow.cycles.assignments(cycle.id):
            raise Conflict("cycle_opened", "Its plans and targets are made already, so that its terms stay.")
        refuse_overlap([each for each in others if each.id != cycle.id])
        replanned = cycle.replanned(terms, at=uow.now())
        await uow.cycles.save(replanned)
        uow.publish(cycle_changed(replanned))
        await uow.commit()
    return replanned
