"""Move people into a department and out of it, from today on."""

from collections.abc import Collection
from uuid import UUID

from services.archive.domain.employee import Employee
from services.archive.domain.placement import (
    main_spell,
    moved,
    placed,
    present_day,
    require_present,
    spells_on,
    withdrawn,
)
from services.archive.usecases.announce import employee_changed
from services.archive.usecases.follow_directory import position_for
from services.archive.usecases.ports import UnitOfWork
from services.archive.usecases.references import refuse_missing
from shared.core.access import Grant
from shared.core.separation import refuse_own


async def change_members(
    uow: UnitOfWork, department_id: UUID, *, joining: Collection[UUID], leaving: Collection[UUID], grant: Grant
) -> None:
    """Transfer who joins, and end the employments there of who leaves.

    Raises NotFound (`reference_not_found`), Forbidden (`separation_of_duties`), Conflict (`left_already`, …).
    """
    ids = [*joining, *leaving]
    reached = await uow.employees.reached(ids, grant.reach, today=uow.today())
    refuse_missing({f"/members/{place}": each in reached for place, each in enumerate(ids)})
    refuse_own(grant.principal.employee_id, *ids)
    people = await uow.employees.by_id(ids)
    for employee_id in joining:
        await _save(uow, people[employee_id], await _joined(uow, people[employee_id], department_id))
    for employee_id in leaving:
        on = present_day(people[employee_id], today=uow.today())
        await _save(uow, people[employee_id], withdrawn(people[employee_id], department_id, on=on, at=uow.now()))


async def _joined(uow: UnitOfWork, employee: Employee, department_id: UUID) -> Employee:
    require_present(employee, today=uow.today())
    on = present_day(employee, today=uow.today())
    if any(spell.department_id == department_id for spell in spells_on(employee, on)):
        return employee
    main = main_spell(employee, on)
    spell_id, now = uow.new_id(), uow.now()
    if main is not None:
        return moved(employee, main, on=on, spell_id=spell_id, at=now, terms={"department_id": department_id})
    position = await position_for(uow, employee.directory.get("title"))
    manager = employee.directory.get("manager_id")
    terms = {
        "department_id": department_id,
        "position_id": position.id,
        "position_name": position.name,
        "manager_id": UUID(manager) if manager else None,
    }
    return placed(employee, on=on, spell_id=spell_id, at=now, terms=terms)


async def _save(uow: UnitOfWork, before: Employee, after: Employee) -> None:
    if after.employments != before.employments:
        await uow.employees.save(after)
        uow.publish(employee_changed(after))
