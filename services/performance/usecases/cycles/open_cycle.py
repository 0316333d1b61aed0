"""Open a cycle: pin the schemes that hold, draft plans, generate targets, open scorecards."""

from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target_history import Act
from services.performance.domain.schemes.scheme_effect import pinned_at_opening
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.goals.open_plans import open_plans
from services.performance.usecases.goals.start_cycle import start_cycle
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.errors import Conflict
from shared.core.versions import require_version


async def open_cycle(work: Work, cycle_id: UUID, *, expected: int | None) -> Cycle:
    """Prepare a planned cycle and start it; where it waits for every plan it starts with the last approval.

    Raises NotFound, PreconditionFailed, Conflict (`cycle_phase`, `no_scheme_published`).
    """
    async with work() as uow:
        cycle = await uow.cycles.get(cycle_id)
        require_version(cycle.sequence, expected)
        if cycle.phase == "planning" and not await uow.cycles.assignments(cycle_id):
            await _pin_schemes(uow, cycle)
            await open_plans(uow, cycle)
            await generate_targets(uow, cycle, Act("generated"))
        opened = await start_cycle(uow, cycle)
        await uow.commit()
    return opened


async def _pin_schemes(uow: UnitOfWork, cycle: Cycle) -> None:
    """Fix which version of each scheme holds in the cycle, and for whom."""
    published = await uow.scheme_versions.published()
    defined = await uow.schemes.by_id()
    pinned = [
        pinned_at_opening(
            [(each.declared, defined[scheme_id].assigned(each.number)) for each in versions], cycle.period
        )
        for scheme_id, versions in published.items()
    ]
    if not any(pinned):
        raise Conflict("no_scheme_published", "Publish a scheme first; without one nobody could be scored.")
    await uow.cycles.assign(cycle.id, [each for each in pinned if each is not None])
