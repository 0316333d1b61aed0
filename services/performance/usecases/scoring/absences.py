"""Who was away in a cycle, as far as that changes what is asked of them."""

from collections.abc import Collection, Mapping
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.usecases.ports import UnitOfWork
from shared.core.periods import Period, WorkCalendar


async def absences_in(
    uow: UnitOfWork, cycle: Cycle, employee_ids: Collection[UUID], calendar: WorkCalendar
) -> Mapping[UUID, tuple[Period, ...]]:
    """Give by employee the days that the cycle does not count as eligible; who has none is left out."""
    policy = cycle.terms.leave
    if not policy.kinds or not employee_ids:
        return {}
    leaves = await uow.org.leaves(employee_ids)
    found = {person: policy.absences(own, calendar) for person, own in leaves.items()}
    return {person: absences for person, absences in found.items() if absences}
