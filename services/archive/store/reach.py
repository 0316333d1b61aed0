"""Rows by relation, over the archive's own organisation."""

from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from services.archive.store.tables import departments, employees, employments, headships
from shared.core.access import Reach
from shared.kit.org.reach import ReachCompiler

_compiler = ReachCompiler(departments, headships)


def departments_within(reach: Reach, *, today: date) -> ColumnElement[bool]:
    return _compiler.predicate(reach, today=today, department=departments.c.id)


def employees_within(reach: Reach, *, today: date) -> ColumnElement[bool]:
    """Admit the caller, and everybody who belongs to a department within reach."""
    themselves = _compiler.predicate(reach, today=today, department=None, employee=employees.c.id)
    department = _compiler.predicate(replace(reach, own=None), today=today, department=employments.c.department_id)
    return or_(themselves, belongs_where(department, today=today))


def belongs_where(department: ColumnElement[bool], *, today: date) -> ColumnElement[bool]:
    """Admit employees by a condition on the employments with which they belong somewhere today.

    Who has left still belongs where the last employment was, who has yet to join where the first will be.
    """
    begun = or_(employments.c.starts_on <= today, employments.c.starts_on == employees.c.joined_on)
    ends_on = employments.c.ends_on
    lasting = or_(ends_on.is_(None), ends_on > today, ends_on == employees.c.left_on)
    theirs = employments.c.employee_id == employees.c.id
    return select(employments.c.id).where(theirs, begun, lasting, department).correlate(employees).exists()
