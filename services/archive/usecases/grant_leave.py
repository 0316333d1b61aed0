"""Note days on which an employee is away."""

from datetime import date
from uuid import UUID

from services.archive.domain.employee import Leave
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import employee_in_hand
from shared.core.access import Grant


async def grant_leave(
    work: Work, employee_id: UUID, *, kind: str, starts_on: date, ends_on: date, grant: Grant
) -> Leave:
    """Add a leave.

    Raises NotFound, Forbidden (`separation_of_duties`), Conflict (`leaves_overlap`, `outside_membership`).
    """
    async with work() as uow:
        employee = await employee_in_hand(uow, employee_id, grant)
        leave = Leave(id=uow.new_id(), kind=kind, starts_on=starts_on, ends_on=ends_on)
        changed = employee.away(leave, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
    return leave
