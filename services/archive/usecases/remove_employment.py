"""Take out an employment that never was."""

from uuid import UUID

from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import employee_in_hand
from shared.core.access import Grant


async def remove_employment(work: Work, employee_id: UUID, employment_id: UUID, *, grant: Grant) -> None:
    """Take out a spell. Raises NotFound, Forbidden (`separation_of_duties`)."""
    async with work() as uow:
        employee = await employee_in_hand(uow, employee_id, grant)
        changed = employee.without_employment(employment_id, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
