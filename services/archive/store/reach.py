"""Rows by relation, over the archive's own organisation."""

from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, or_

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
    """Admit employees by a condition on the employments with which they belong somewhere today."""
    return _compiler.belonging(employees, employments, department, today=today).correlate(employees).exists()
