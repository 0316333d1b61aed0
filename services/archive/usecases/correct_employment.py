"""Correct an employment that was recorded wrongly."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.archive.domain.employment import Employment
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import employee_in_hand, position_name
from shared.core.access import Grant


async def correct_employment(
    work: Work, employee_id: UUID, employment_id: UUID, changes: Mapping[str, Any], *, grant: Grant
) -> Employment:
    """Apply a merge patch to one spell; the others stay as they are.

    Raises NotFound (`not_found`, `reference_not_found`), Forbidden (`separation_of_duties`), Invalid (`period_empty`),
    Conflict (`fte_exceeded`, `outside_membership`, `own_manager`).
    """
    async with work() as uow:
        employee = await employee_in_hand(uow, employee_id, grant)
        spell = replace(employee.employment(employment_id), **changes)
        position = await position_name(
            uow,
            department_id=spell.department_id,
            position_id=spell.position_id,
            manager_id=spell.manager_id,
            reach=grant.reach,
        )
        spell = replace(spell, position_name=position)
        changed = employee.corrected(spell, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
    return spell
