"""Transfer an employee, add a second employment, or take a leaver on again."""

from dataclasses import asdict
from uuid import UUID

from services.archive.domain.employment import Employment, Terms
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import employee_in_hand, position_name
from shared.core.access import Grant


async def add_employment(work: Work, employee_id: UUID, terms: Terms, *, concurrent: bool, grant: Grant) -> Employment:
    """End the open spells when the new one starts, unless it is `concurrent`.

    Raises NotFound (`not_found`, `reference_not_found`), Forbidden (`separation_of_duties`),
    Conflict (`fte_exceeded`, `outside_membership`, `own_manager`).
    """
    async with work() as uow:
        employee = await employee_in_hand(uow, employee_id, grant)
        position = await position_name(
            uow,
            department_id=terms.department_id,
            position_id=terms.position_id,
            manager_id=terms.manager_id,
            reach=grant.reach,
        )
        spell = Employment(**asdict(terms), id=uow.new_id(), position_name=position)
        changed = employee.employed(spell, concurrent=concurrent, at=uow.now())
        await uow.employees.save(changed)
        uow.publish(employee_changed(changed))
        await uow.commit()
    return changed.employment(spell.id)
