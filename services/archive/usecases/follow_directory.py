"""Bring what a directory says of a person into the archive, as of today."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.archive.domain.directory import Entry
from services.archive.domain.employee import Employee
from services.archive.domain.placement import dismissed, is_present, main_spell, moved, placed, present_day, returned
from services.archive.domain.position import Position
from services.archive.usecases.announce import position_changed
from services.archive.usecases.ports import UnitOfWork
from services.archive.usecases.record_departure import end_headships
from services.archive.usecases.references import refuse_missing
from shared.core.access import Reach
from shared.core.errors import Conflict, Invalid

WORK_NUMBER_LENGTH = 50
UNASSIGNED = "unassigned"
"""Code of the position of people whose title names none; it is made when it is first needed."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the texts of an entry name here."""

    department_id: UUID | None
    position: Position | None


def work_number(entry: Entry) -> str:
    """Give the number a directory hires somebody under. Raises Invalid (`work_number_required`)."""
    number = entry.employee_number or entry.user_name
    if len(number) > WORK_NUMBER_LENGTH:
        detail = f"Send an employeeNumber of at most {WORK_NUMBER_LENGTH} characters; the userName is longer."
        raise Invalid.at("/employeeNumber", "work_number_required", detail)
    return number


async def followed(uow: UnitOfWork, employee: Employee, entry: Entry, *, reach: Reach) -> Employee:
    """Change master data, let the person leave or return, and move or place who is present.

    A department or a title moves somebody where it names exactly one here, and is kept as a text where it names none.
    Raises Conflict (`already_exists`, `own_manager`, …), NotFound (`reference_not_found`).
    """
    await _refuse_taken(uow, employee, entry)
    named = await _named(uow, entry, reach)
    changed = await _present_or_not(uow, _described(employee, entry), entry)
    if is_present(changed, today=uow.today()):
        changed = await _in_place(uow, changed, entry, named)
    main = main_spell(changed, present_day(changed, today=uow.today()))
    document = entry.document(
        employed=main is not None,
        department_found=main is not None and named.department_id is not None,
        title_found=main is not None and named.position is not None,
    )
    # One version for all of it, so that a directory's change is one change.
    return replace(changed, directory=document, sequence=employee.sequence + 1, updated_at=uow.now()).checked()


async def position_for(uow: UnitOfWork, title: str | None) -> Position:
    """Give the position that a title names, else that of the unassigned."""
    return await _titled(uow, title) or await _unassigned(uow)


def _described(employee: Employee, entry: Entry) -> Employee:
    """Take over what has a place of its own."""
    return replace(
        employee,
        user_name=entry.user_name,
        external_id=entry.external_id,
        work_number=entry.employee_number or employee.work_number,
        name=entry.called(employee.name, employee.directory),
        email=entry.email,
        phone_numbers=entry.phone_numbers,
    )


async def _refuse_taken(uow: UnitOfWork, employee: Employee, entry: Entry) -> None:
    if await uow.employees.name_taken(entry.user_name, by_other_than=employee.id):
        raise Conflict("already_exists", "Somebody else has this userName.")
    if entry.manager_id is not None:
        refuse_missing({"/manager": entry.manager_id in await uow.employees.leaving_days([entry.manager_id])})
    if entry.manager_id == employee.id:
        raise Conflict("own_manager", "Nobody is their own manager.")


async def _named(uow: UnitOfWork, entry: Entry, reach: Reach) -> Named:
    found = await uow.departments.all(name=entry.department) if entry.department else []
    reached = await uow.departments.reached([each.id for each in found], reach, today=uow.today())
    department_id = next(iter(reached)) if len(reached) == 1 else None
    return Named(department_id, await _titled(uow, entry.title))


async def _titled(uow: UnitOfWork, title: str | None) -> Position | None:
    found = await uow.positions.all(name=title) if title else []
    return found[0] if len(found) == 1 else None


async def _unassigned(uow: UnitOfWork) -> Position:
    found = await uow.positions.find(code=UNASSIGNED)
    if found is not None:
        return found
    now = uow.now()
    position = Position(uow.new_id(), UNASSIGNED, "Unassigned", (), sequence=1, created_at=now, updated_at=now)
    await uow.positions.add(position)
    uow.publish(position_changed(position))
    return position


async def _present_or_not(uow: UnitOfWork, employee: Employee, entry: Entry) -> Employee:
    """End the membership where the directory says so, or begin it anew; None says neither."""
    today, present = uow.today(), is_present(employee, today=uow.today())
    if entry.active is True and not present:
        return returned(employee, today=today, at=uow.now(), new_id=uow.new_id)
    if entry.active is False and present:
        left = dismissed(employee, today=today, at=uow.now())
        await end_headships(uow, employee.id, on=left.left_on or today)
        return left
    return employee


async def _in_place(uow: UnitOfWork, employee: Employee, entry: Entry, named: Named) -> Employee:
    on = present_day(employee, today=uow.today())
    main = main_spell(employee, on)
    if main is None and named.department_id is None:
        return employee
    terms: dict[str, Any] = {"manager_id": entry.manager_id}
    if named.department_id is not None:
        terms["department_id"] = named.department_id
    if main is None or named.position is not None:
        position = named.position or await position_for(uow, entry.title)
        terms |= {"position_id": position.id, "position_name": position.name}
    if main is None:
        return placed(employee, on=on, spell_id=uow.new_id(), at=uow.now(), terms=terms)
    if all(getattr(main, name) == value for name, value in terms.items()):
        return employee
    return moved(employee, main, on=on, spell_id=uow.new_id(), at=uow.now(), terms=terms)
