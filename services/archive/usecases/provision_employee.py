"""Take on somebody whom a directory names, or take back whom it had let go."""

from dataclasses import replace
from uuid import UUID

from services.archive.domain.directory import Entry
from services.archive.domain.employee import Employee
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.follow_directory import followed, work_number
from services.archive.usecases.ports import UnitOfWork, Work
from services.archive.usecases.references import employee_in_hand
from shared.core.access import Grant
from shared.core.errors import Conflict, Invalid


async def provision_employee(work: Work, entry: Entry, *, grant: Grant) -> UUID:
    """Add an employee who joins today; who bears the work number and was let go comes back with all that was.

    Raises Conflict (`already_exists`), Invalid (`work_number_required`, `employment_required`), NotFound, Forbidden.
    """
    async with work() as uow:
        number = work_number(entry)
        known = await uow.employees.find(work_number=number)
        employee = _newcomer(uow, entry, number) if known is None else await _returning(uow, known, grant)
        entry = replace(entry, active=True) if known is not None and entry.active is None else entry
        taken_on = await followed(uow, employee, entry, reach=grant.reach)
        if not (taken_on.employments or grant.reach.everything):
            raise Invalid.at("/department", "employment_required", "Name one of your departments.")
        await (uow.employees.add(taken_on) if known is None else uow.employees.save(taken_on))
        uow.publish(employee_changed(taken_on))
        await uow.commit()
    return taken_on.id


def _newcomer(uow: UnitOfWork, entry: Entry, number: str) -> Employee:
    now = uow.now()
    return Employee(
        id=uow.new_id(),
        work_number=number,
        name=entry.name,
        email=None,
        joined_on=uow.today(),
        left_on=None,
        custom_fields={},
        sequence=0,
        created_at=now,
        updated_at=now,
    )


async def _returning(uow: UnitOfWork, known: Employee, grant: Grant) -> Employee:
    if known.released_at is None:
        raise Conflict("already_exists", "Somebody has this employeeNumber, or this userName as a work number.")
    return replace(await employee_in_hand(uow, known.id, grant), released_at=None)
