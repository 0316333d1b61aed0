"""Transfer an employee, add a second employment, or take a leaver on again."""

from dataclasses import asdict
from uuid import UUID

from services.archive.domain.employment import Employment, Terms
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import position_name, reached_employee
from shared.core.access import Reach


async def add_employment(work: Work, employee_id: UUID, terms: Terms, *, concurrent: bool, reach: Reach) -> Employment:
    """End the open spells when the new one starts, unless it is `concurrent`.

    Raises NotFound (`not_found`, `reference_not_found`),
    Conflict (`fte_exceeded`, `outside_membership`, `own_manager`).
    """
    async with work() as uow:
        employee = await reached_employee(uow, employee_id, reach)
        position = await position_name(
            uow,
            department_id=terms.department_id,
            position_id=terms.position_id,
            manager_id=terms.manager_id,
            reach=reach,
        )
        spell = Employment(**asdict(terms), id=uow.new_id(), position_name=position)
        changed = employee.employed(spell, concurrent=concurrent, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
    return changed.employment(spell.id)
