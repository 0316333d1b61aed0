"""HR says what a cycle's grades are held to."""

from dataclasses import replace
from uuid import UUID

from services.performance.domain.calibration.policy import DistributionPolicy
from services.performance.usecases.ports import Work
from shared.core.errors import Conflict
from shared.core.versions import require_version


async def write_distribution_policy(
    work: Work, cycle_id: UUID, policy: DistributionPolicy, *, expected: int | None
) -> DistributionPolicy:
    """Replace the whole policy. Raises NotFound, PreconditionFailed, Conflict (`cycle_phase`) after publication."""
    async with work() as uow:
        cycle = await uow.cycles.get(cycle_id)
        current = await uow.distributions.policy(cycle_id)
        require_version(current.sequence, expected)
        if cycle.phase == "published":
            raise Conflict("cycle_phase", "The grades of this cycle are published.")
        written = replace(policy, sequence=current.sequence + 1, updated_at=uow.now())
        await uow.distributions.keep(cycle_id, written)
        await uow.commit()
    return written
