"""Who calibrates, or looks on, reaches everybody concerned."""

from uuid import UUID

from services.performance.domain.calibration.populations import everybody_in
from services.performance.domain.cycle import Cycle
from services.performance.usecases.ports import UnitOfWork
from shared.core.access import Reach


async def reaches_all(uow: UnitOfWork, cycle: Cycle, department_id: UUID | None, reach: Reach) -> bool:
    """Tell whether a caller reaches by today's heads whom a cycle counts in a department, or in the whole company."""
    if reach.everything or department_id is None:
        return reach.everything
    people = await uow.distributions.standings(cycle.id)
    group = everybody_in(department_id, people, await uow.org.tree_of(cycle))
    return group.is_within(reach, tree=await uow.org.tree(), day=uow.today())
