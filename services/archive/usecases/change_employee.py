"""Correct an employee's master data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.archive.domain.custom_fields import merged, refuse_oversize
from services.archive.domain.employee import Employee
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import employee_in_hand
from shared.core.access import Grant
from shared.core.versions import require_version


async def change_employee(
    work: Work, employee_id: UUID, changes: Mapping[str, Any], *, grant: Grant, expected: int | None
) -> Employee:
    """Apply a merge patch of `work_number`, `name`, `email`, `joined_on`, `custom_fields`.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, Invalid (`custom_fields_too_large`),
    Conflict (`already_exists`, `outside_membership`, `departure_before_joining`).
    """
    async with work() as uow:
        employee = await employee_in_hand(uow, employee_id, grant)
        require_version(employee.sequence, expected)
        custom_fields = merged(employee.custom_fields, changes.get("custom_fields", {}))
        refuse_oversize(custom_fields)
        changed = employee.changed({**changes, "custom_fields": custom_fields}, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
    return changed
