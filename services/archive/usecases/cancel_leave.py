"""Take back a leave: the employee is not away after all."""

from uuid import UUID

from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import employee_in_hand
from shared.core.access import Grant


async def cancel_leave(work: Work, employee_id: UUID, leave_id: UUID, *, grant: Grant) -> None:
    """Take out a leave. Raises NotFound, Forbidden (`separation_of_duties`)."""
    async with work() as uow:
        employee = await employee_in_hand(uow, employee_id, grant)
        changed = employee.without_leave(leave_id, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
