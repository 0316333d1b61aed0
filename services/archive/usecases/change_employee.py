"""Correct an employee's master data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.archive.domain.custom_fields import merged, refuse_oversize
from services.archive.domain.employee import Employee
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import UnitOfWork, Work
from services.archive.usecases.references import require_reach
from shared.core.access import Reach
from shared.core.versions import require_version


async def change_employee(
    work: Work, employee_id: UUID, changes: Mapping[str, Any], *, reach: Reach, expected: int | None
) -> Employee:
    """Apply a merge patch of `work_number`, `name`, `email`, `joined_on`, `custom_fields`.

    Raises NotFound, PreconditionFailed, Invalid (`custom_fields_too_large`),
    Conflict (`already_exists`, `outside_membership`).
    """
    async with work() as uow:
        employee = await reached_employee(uow, employee_id, reach)
        require_version(employee.sequence, expected)
        custom_fields = merged(employee.custom_fields, changes.get("custom_fields", {}))
        refuse_oversize(custom_fields)
        changed = employee.changed({**changes, "custom_fields": custom_fields}, at=uow.now())
        await save_employee(uow, changed)
        await uow.commit()
    return changed


async def reached_employee(uow: UnitOfWork, employee_id: UUID, reach: Reach) -> Employee:
    """Load and lock an employee within reach. Raises NotFound."""
    await require_reach(uow, employee_id, reach)
    return await uow.employees.get(employee_id)


async def save_employee(uow: UnitOfWork, employee: Employee) -> None:
    """Save a new version and announce it."""
    await uow.employees.save(employee)
    uow.publish(employee_changed(employee))
