"""Let an employee leave the company."""

from datetime import date
from uuid import UUID

from services.archive.domain.employee import Employee
from services.archive.usecases.announce import department_changed, employee_changed
from services.archive.usecases.ports import UnitOfWork, Work
from services.archive.usecases.references import employee_in_hand
from shared.core.access import Grant


async def record_departure(work: Work, employee_id: UUID, *, left_on: date, grant: Grant) -> Employee:
    """End employments and headships on `left_on`, the first day the person no longer belongs; history stays.

    Raises NotFound, Forbidden (`separation_of_duties`),
    Conflict (`departure_before_joining`, `worked_after_departure`).
    """
    async with work() as uow:
        employee = await employee_in_hand(uow, employee_id, grant)
        departed = employee.departed(left_on, today=uow.today(), at=uow.now())
        await uow.employees.save(departed)
        uow.publish(employee_changed(departed))
        await end_headships(uow, employee_id, on=left_on)
        await uow.commit()
    return departed


async def end_headships(uow: UnitOfWork, employee_id: UUID, *, on: date) -> None:
    """Let somebody who leaves head nothing any more."""
    for department in await uow.departments.led_by(employee_id, after=on):
        left = department.left_by(employee_id, on=on, at=uow.now())
        await uow.departments.save(left)
        uow.publish(department_changed(left))
