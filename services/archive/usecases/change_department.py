"""Rename a department or hang it elsewhere in the tree."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.archive.domain.department import Department
from services.archive.usecases.announce import department_changed
from services.archive.usecases.ports import Work
from shared.core.versions import require_version


async def change_department(
    work: Work, department_id: UUID, changes: Mapping[str, Any], *, expected: int | None
) -> Department:
    """Apply a merge patch of `code`, `name`, `parent_id`.

    Raises NotFound, PreconditionFailed, Conflict (`department_circle`, `already_exists`).
    """
    async with work() as uow:
        department = await uow.departments.get(department_id)
        require_version(department.sequence, expected)
        now = uow.now()
        changed = department.changed(
            code=changes.get("code", department.code), name=changes.get("name", department.name), at=now
        )
        parent_id = changes.get("parent_id", department.parent_id)
        if parent_id != department.parent_id:
            ancestors = await uow.departments.ancestors(parent_id) if parent_id else ()
            changed = changed.moved_below(parent_id, ancestors=ancestors, at=now)
        await uow.departments.save(changed)
        uow.publish(department_changed(changed))
        await uow.commit()
    return changed
