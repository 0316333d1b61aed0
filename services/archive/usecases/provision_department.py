"""Found a department that a directory names as a group, or take back one that it had let go."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.archive.domain.department import Department
from services.archive.usecases.announce import department_changed
from services.archive.usecases.change_members import change_members
from services.archive.usecases.ports import UnitOfWork, Work
from services.archive.usecases.references import reached_department, refuse_missing
from shared.core.access import Grant, Reach

CODE_LENGTH = 50


async def provision_department(
    work: Work, *, name: str, external_id: str | None, members: Sequence[UUID], grant: Grant, people: Reach
) -> UUID:
    """Add it at the top of the company, and place its members there.

    Raises NotFound (`reference_not_found`), Forbidden (`separation_of_duties`), Conflict (`left_already`, …).
    """
    async with work() as uow:
        former = [each for each in await uow.departments.all(name=name) if each.released_at is not None]
        if len(former) == 1:
            found = await reached_department(uow, former[0].id, grant.reach)
            department = replace(found.changed({"external_id": external_id}, at=uow.now()), released_at=None)
            await uow.departments.save(department)
        else:
            refuse_missing({"/parent_id": grant.reach.everything})
            department = await _founded(uow, name, external_id)
            await uow.departments.add(department)
        uow.publish(department_changed(department))
        await change_members(uow, department.id, joining=members, leaving=(), grant=replace(grant, reach=people))
        await uow.commit()
    return department.id


async def _founded(uow: UnitOfWork, name: str, external_id: str | None) -> Department:
    department_id, now = uow.new_id(), uow.now()
    code = str(department_id)
    for wanted in (name, external_id):
        if wanted and len(wanted) <= CODE_LENGTH and await uow.departments.find(code=wanted) is None:
            code = wanted
            break
    return Department(department_id, code, name, None, 1, now, now, external_id=external_id)
