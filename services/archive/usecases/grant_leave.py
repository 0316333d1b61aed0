"""Note days on which an employee is away, or take them back."""

from datetime import date
from uuid import UUID

from services.archive.domain.employee import Leave
from services.archive.usecases.change_employee import reached_employee, save_employee
from services.archive.usecases.ports import Work
from shared.core.access import Reach


async def grant_leave(
    work: Work, employee_id: UUID, *, kind: str, starts_on: date, ends_on: date, reach: Reach
) -> Leave:
    """Add a leave. Raises NotFound, Conflict (`leaves_overlap`, `outside_membership`)."""
    async with work() as uow:
        employee = await reached_employee(uow, employee_id, reach)
        leave = Leave(id=uow.new_id(), kind=kind, starts_on=starts_on, ends_on=ends_on)
        await save_employee(uow, employee.away(leave, at=uow.now()))
        await uow.commit()
    return leave


async def cancel_leave(work: Work, employee_id: UUID, leave_id: UUID, *, reach: Reach) -> None:
    """Take out a leave. Raises NotFound."""
    async with work() as uow:
        employee = await reached_employee(uow, employee_id, reach)
        await save_employee(uow, employee.without_leave(leave_id, at=uow.now()))
        await uow.commit()
