"""Take a person on."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from services.archive.domain.custom_fields import merged, refuse_oversize
from services.archive.domain.employee import Employee
from services.archive.domain.employment import Employment, Terms
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import UnitOfWork, Work
from services.archive.usecases.references import position_name
from shared.core.access import Reach
from shared.core.errors import Invalid


async def hire_employee(
    work: Work,
    *,
    work_number: str,
    name: str,
    email: str | None,
    joined_on: date,
    custom_fields: Mapping[str, Any],
    terms: Terms | None,
    reach: Reach,
) -> Employee:
    """Add an employee, with a first employment where its terms are given.

    Raises NotFound (`reference_not_found`), Invalid (`employment_required`, `custom_fields_too_large`),
    Conflict (`already_exists`, `outside_membership`).
    """
    refuse_oversize(custom_fields)
    async with work() as uow:
        now = uow.now()
        employee = Employee(
            id=uow.new_id(),
            work_number=work_number,
            name=name,
            email=email,
            joined_on=joined_on,
            left_on=None,
            custom_fields=merged({}, custom_fields),
            sequence=1,
            created_at=now,
            updated_at=now,
            employments=await _first_employment(uow, terms, reach),
        ).checked()
        await uow.employees.add(employee)
        uow.publish(employee_changed(employee))
        await uow.commit()
    return employee


async def _first_employment(uow: UnitOfWork, terms: Terms | None, reach: Reach) -> tuple[Employment, ...]:
    if terms is None:
        if not reach.everything:
            raise Invalid.at("/employment", "employment_required", "Say in which of your departments.")
        return ()
    position = await position_name(
        uow,
        department_id=terms.department_id,
        position_id=terms.position_id,
        manager_id=terms.manager_id,
        reach=reach,
        at="/employment",
    )
    return (Employment(**asdict(terms), id=uow.new_id(), position_name=position),)
