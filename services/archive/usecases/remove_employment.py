"""Take out an employment that never was."""

from uuid import UUID

from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import reached_employee
from shared.core.access import Reach


async def remove_employment(work: Work, employee_id: UUID, employment_id: UUID, *, reach: Reach) -> None:
    """Take out a spell. Raises NotFound."""
    async with work() as uow:
        employee = await reached_employee(uow, employee_id, reach)
        changed = employee.without_employment(employment_id, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
