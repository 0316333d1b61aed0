"""Rows by relation, over the archive's own organisation."""

from datetime import date

from sqlalchemy import ColumnElement, FromClause

from services.archive.store.tables import departments, employees, employments, headships
from shared.core.access import Reach
from shared.kit.org.reach import ReachCompiler

_compiler = ReachCompiler(departments, headships)


def departments_within(reach: Reach, *, today: date) -> ColumnElement[bool]:
    return _compiler.predicate(reach, today=today, department=departments.c.id)


def employees_within(reach: Reach, *, today: date, people: FromClause = employees) -> ColumnElement[bool]:
    """Admit the caller, and everybody who belongs to a department within reach."""
    return _compiler.people(people, employments, reach, today=today)


def belongs_where(department: ColumnElement[bool], *, today: date) -> ColumnElement[bool]:
    """Admit employees by a condition on the employments with which they belong somewhere today."""
    return _compiler.belonging(employees, employments, department, today=today).correlate(employees).exists()
