"""Open a cycle: pin the schemes that hold, draft plans, generate targets, open scorecards."""

from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target_history import Act
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
    current = await uow.scheme_versions.current_numbers()
    if not current:
        raise Conflict("no_scheme_published", "Publish a scheme first; without one nobody could be scored.")
    defined = await uow.schemes.by_id()
    await uow.cycles.assign(cycle.id, [defined[scheme_id].assigned(number) for scheme_id, number in current.items()])
