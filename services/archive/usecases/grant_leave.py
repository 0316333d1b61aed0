"""Note days on which an employee is away."""

from datetime import date
from uuid import UUID

from services.archive.domain.employee import Leave
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import reached_employee
from shared.core.access import Reach


async def grant_leave(
    work: Work, employee_id: UUID, *, kind: str, starts_on: date, ends_on: date, reach: Reach
) -> Leave:
    """Add a leave. Raises NotFound, Conflict (`leaves_overlap`, `outside_membership`)."""
    async with work() as uow:
        employee = await reached_employee(uow, employee_id, reach)
        leave = Leave(id=uow.new_id(), kind=kind, starts_on=starts_on, ends_on=ends_on)
        changed = employee.away(leave, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
    return leave
