"""Rename a department or hang it, with everything below it, elsewhere in the tree."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.archive.domain.department import Department
from services.archive.usecases.announce import department_changed
from services.archive.usecases.ports import UnitOfWork, Work
from services.archive.usecases.references import reached_department, refuse_missing
from shared.core.access import Reach
from shared.core.versions import require_version


async def change_department(
    work: Work, department_id: UUID, changes: Mapping[str, Any], *, reach: Reach, expected: int | None
) -> Department:
    """Apply a merge patch of `code`, `name`, `parent_id`.

    Raises NotFound, PreconditionFailed, Conflict (`department_circle`, `already_exists`).
    """
    async with work() as uow:
        department = await reached_department(uow, department_id, reach)
        require_version(department.sequence, expected)
        if changes.get("parent_id", department.parent_id) != department.parent_id:
            await _refuse_parent(uow, department, changes["parent_id"], reach)
        changed = department.changed(changes, at=uow.now())
        await uow.departments.save(changed)
        uow.publish(department_changed(changed))
        await uow.commit()
    return changed


async def _refuse_parent(uow: UnitOfWork, department: Department, parent_id: UUID | None, reach: Reach) -> None:
    if parent_id is None:
        refuse_missing({"/parent_id": reach.everything})
        return
    refuse_missing({"/parent_id": parent_id in await uow.departments.reached([parent_id], reach, today=uow.today())})
    department.refuse_circle(await uow.departments.ancestors(parent_id))
