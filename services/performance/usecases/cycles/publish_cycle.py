"""Make a frozen cycle's results final and tell everybody."""

from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.usecases.goals.announce_procedure import cycle_changed
from services.performance.usecases.ports import Work
from services.performance.usecases.scoring.publish_scorecards import publish_scorecards
from shared.core.versions import require_version


async def publish_cycle(work: Work, cycle_id: UUID, *, expected: int | None) -> Cycle:
    """Raise NotFound, PreconditionFailed, Conflict (`cycle_phase`)."""
    async with work() as uow:
        cycle = await uow.cycles.get(cycle_id)
        require_version(cycle.sequence, expected)
        published = cycle.published(at=uow.now())
        await uow.cycles.save(published)
        uow.publish(cycle_changed(published))
        await publish_scorecards(uow, published)
        await uow.commit()
    return published
