"""Let an employee go whom a directory has removed: the person leaves, and the directory sees nobody any more."""

from dataclasses import replace
from uuid import UUID

from services.archive.domain.placement import dismissed, is_present
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.record_departure import end_headships
from services.archive.usecases.references import employee_looked_after
from shared.core.access import Grant
from shared.core.versions import require_version


async def release_employee(work: Work, employee_id: UUID, *, grant: Grant, expected: int) -> None:
    """Keep the file and its history; names that a directory gave are free again.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed.
    """
    async with work() as uow:
        employee = await employee_looked_after(uow, employee_id, grant)
        require_version(employee.sequence, expected)
        gone = employee
        if is_present(employee, today=uow.today()):
            gone = dismissed(employee, today=uow.today(), at=uow.now())
            await end_headships(uow, employee_id, on=gone.left_on or uow.today())
        released = replace(
            gone,
            user_name=None,
            external_id=None,
            released_at=uow.now(),
            sequence=employee.sequence + 1,
            updated_at=uow.now(),
        )
        await uow.employees.save(released)
        uow.publish(employee_changed(released))
        await uow.commit()
