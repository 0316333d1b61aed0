"""Bring a department up to date with what a directory says of it as a group."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from services.archive.usecases.announce import department_changed
from services.archive.usecases.change_members import change_members
from services.archive.usecases.ports import Work
from services.archive.usecases.references import department_looked_after
from shared.core.access import Grant, Reach
from shared.core.versions import require_version


async def change_group(
    work: Work,
    department_id: UUID,
    *,
    name: str,
    external_id: str | None,
    joining: Collection[UUID],
    leaving: Collection[UUID],
    grant: Grant,
    people: Reach,
    expected: int,
) -> None:
    """Rename it, and move people in and out of it.

    Raises NotFound, PreconditionFailed, and what `change_members` raises.
    """
    async with work() as uow:
        department = await department_looked_after(uow, department_id, grant.reach)
        require_version(department.sequence, expected)
        if (name, external_id) != (department.name, department.external_id):
            changed = department.changed({"name": name, "external_id": external_id}, at=uow.now())
            await uow.departments.save(changed)
            uow.publish(department_changed(changed))
        people_in_hand = replace(grant, reach=people)
        await change_members(uow, department_id, joining=joining, leaving=leaving, grant=people_in_hand)
        await uow.commit()
