"""Stop a cycle's scores from moving, so that they can be reviewed."""

from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.usecases.goals.announce_procedure import cycle_changed
from services.performance.usecases.ports import Work
from services.performance.usecases.scoring.freeze_scorecards import freeze_scorecards
from shared.core.versions import require_version


async def freeze_cycle(work: Work, cycle_id: UUID, *, expected: int | None) -> Cycle:
    """Raise NotFound, PreconditionFailed, Conflict (`cycle_phase`)."""
    async with work() as uow:
        cycle = await uow.cycles.get(cycle_id)
        require_version(cycle.sequence, expected)
        frozen = cycle.frozen(at=uow.now())
        await uow.cycles.save(frozen)
        uow.publish(cycle_changed(frozen))
        await freeze_scorecards(uow, frozen)
        await uow.commit()
    return frozen
