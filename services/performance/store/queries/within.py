"""Rows within a caller's reach, for every table that says which employee and department a row is about."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Table

from services.performance.store.tables.base import org
from shared.core.access import Reach
from shared.kit.org.reach import ReachCompiler

compiler = ReachCompiler(org.departments, org.headships)


def within(
    table: Table, reach: Reach, *, today: date, employee: ColumnElement[UUID] | None = None
) -> ColumnElement[bool]:
    """Admit the rows of `table` that the caller reaches today; `employee` where its column has another name."""
    about = table.c.get("employee_id") if employee is None else employee
    return compiler.predicate(reach, today=today, department=table.c.department_id, employee=about)


def person_within(reach: Reach, *, today: date) -> ColumnElement[bool]:
    """Admit the employees whom the caller reaches today, leavers where their last employment was."""
    return compiler.people(org.employees, org.employments, reach, today=today)
