"""Where somebody works at present, and how that changes from one day on without losing what was before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.archive.domain.employee import Employee
from services.archive.domain.employment import FULL_TIME, Employment
from shared.core.errors import Conflict


def present_day(employee: Employee, *, today: date) -> date:
    """Give the day that counts as now: for who has yet to join, the first one."""
    return max(today, employee.joined_on)


def is_present(employee: Employee, *, today: date) -> bool:
    """Tell whether somebody belongs to the company, or will; who left on the very first day never came."""
    left_on = employee.left_on
    return left_on is None or (left_on > today and left_on > employee.joined_on)


def spells_on(employee: Employee, day: date) -> Sequence[Employment]:
    return [spell for spell in employee.employments if day in spell.period]


def main_spell(employee: Employee, day: date) -> Employment | None:
    """Give the employment that counts most: the largest, and of two alike the older one."""
    return min(spells_on(employee, day), key=lambda spell: (-spell.fte, spell.starts_on), default=None)


def moved(
    employee: Employee, spell: Employment, *, on: date, spell_id: UUID, at: datetime, terms: Mapping[str, Any]
) -> Employee:
    """Let an employment go on under other terms; one that begins on that day only is corrected."""
    if spell.starts_on == on:
        return employee.corrected(replace(spell, **terms), at=at)
    later = replace(spell, **terms, id=spell_id, starts_on=on)
    return _rearranged(employee, [*_without(employee, spell), replace(spell, ends_on=on), later], at=at)


def placed(employee: Employee, *, on: date, spell_id: UUID, at: datetime, terms: Mapping[str, Any]) -> Employee:
    """Employ somebody who works nowhere, until what is planned already or the day of leaving."""
    planned = (spell.starts_on for spell in employee.employments if spell.starts_on > on)
    spell = Employment(
        **{"fte": FULL_TIME, **terms}, id=spell_id, starts_on=on, ends_on=min(planned, default=employee.left_on)
    )
    return _rearranged(employee, [*employee.employments, spell], at=at)


def withdrawn(employee: Employee, department_id: UUID, *, on: date, at: datetime) -> Employee:
    """End what somebody does in a department; an employment that begins on that day only falls away."""
    ending = [spell for spell in spells_on(employee, on) if spell.department_id == department_id]
    ended = [replace(spell, ends_on=on) for spell in ending if spell.starts_on < on]
    return _rearranged(employee, [*_without(employee, *ending), *ended], at=at)


def dismissed(employee: Employee, *, today: date, at: datetime) -> Employee:
    """Let somebody leave at once; what begins on that day falls away like all that was only planned."""
    on = present_day(employee, today=today)
    begun = tuple(spell for spell in employee.employments if spell.starts_on < on)
    return replace(employee, employments=begun).departed(on, today=today, at=at)


def returned(employee: Employee, *, today: date, at: datetime, new_id: Callable[[], UUID]) -> Employee:
    """Take a leaver on again, as what the person was at the end: as if nothing had been, where it is the same day."""
    on, left_on = present_day(employee, today=today), employee.left_on
    last = [spell for spell in employee.employments if spell.ends_on == left_on]
    if left_on == on:
        spells = [*_without(employee, *last), *(replace(spell, ends_on=None) for spell in last)]
    else:
        again = [replace(spell, id=new_id(), starts_on=on, ends_on=None) for spell in last]
        spells = [*employee.employments, *again]
    return _rearranged(replace(employee, left_on=None), spells, at=at)


def require_present(employee: Employee, *, today: date) -> None:
    """Raise Conflict (`left_already`)."""
    if not is_present(employee, today=today):
        raise Conflict("left_already", f"{employee.name} has left; take the person on again first.")


def _rearranged(employee: Employee, spells: Sequence[Employment], *, at: datetime) -> Employee:
    return employee.changed({"employments": tuple(spells)}, at=at)


def _without(employee: Employee, *leaving: Employment) -> Sequence[Employment]:
    return [spell for spell in employee.employments if spell not in leaving]
