"""Rows by relation: what says whom it is about by `subject_kind` and `subject_id`, over today's organisation."""

from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, Table, case, or_, select, true

from services.connector.store.tables import org
from shared.core.access import Reach
from shared.kit.org.reach import ReachCompiler, current

_compiler = ReachCompiler(org.departments, org.headships)


def about_within(table: Table, reach: Reach, *, today: date) -> ColumnElement[bool]:
    """Admit what is about the caller, about a department within reach, or about somebody who works in one today."""
    if reach.everything:
        return true()
    kind, subject, spells = table.c.subject_kind, table.c.subject_id, org.employments
    itself = case((kind == "department", subject))
    working = _compiler.predicate(replace(reach, own=None), today=today, department=spells.c.department_id)
    employed = select(true()).where(spells.c.employee_id == subject, current(spells, today), working)
    return or_(
        _compiler.predicate(reach, today=today, department=itself, employee=subject),
        employed.correlate(table).exists(),
    )
