"""Bring an employee up to date with what a directory now says."""

from uuid import UUID

from services.archive.domain.directory import Entry
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.follow_directory import followed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import employee_looked_after
from shared.core.access import Grant
from shared.core.versions import require_version


async def change_provisioned(work: Work, employee_id: UUID, entry: Entry, *, grant: Grant, expected: int) -> None:
    """Raise NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, and whatever `followed` raises."""
    async with work() as uow:
        employee = await employee_looked_after(uow, employee_id, grant)
        require_version(employee.sequence, expected)
        changed = await followed(uow, employee, entry, reach=grant.reach)
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
