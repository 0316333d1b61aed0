"""Take back a leave: the employee is not away after all."""

from uuid import UUID

from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import reached_employee
from shared.core.access import Reach


async def cancel_leave(work: Work, employee_id: UUID, leave_id: UUID, *, reach: Reach) -> None:
    """Take out a leave. Raises NotFound."""
    async with work() as uow:
        employee = await reached_employee(uow, employee_id, reach)
        changed = employee.without_leave(leave_id, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
