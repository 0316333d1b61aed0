"""Rows by relation: compiles a caller's `Reach` to a predicate over a service's own copy of today's organisation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, any_, false, func, or_, select, true

from shared.core.access import Reach


class ReachCompiler:
    """Speaks SQL about departments and their heads; give it any tables with the columns of the copy."""

    def __init__(self, departments: Table, headships: Table) -> None:
        self._departments = departments
        self._headships = headships

    def subtree(self, roots: Select[tuple[UUID]]) -> Select[tuple[UUID]]:
        """Select the ids of departments at and below `roots`."""
        table = self._departments
        tree = select(table.c.id).where(table.c.id.in_(roots)).cte(recursive=True)  # no name: one query may ask twice
        below = select(table.c.id).join(tree, table.c.parent_id == tree.c.id)
        return select(tree.union(below).c.id)

    def headed_by(self, employee_id: UUID, today: date) -> Select[tuple[UUID]]:
        """Select the departments an employee heads today, as head or acting."""
        heads = self._headships
        return select(heads.c.department_id).where(heads.c.employee_id == employee_id, current(heads, today))

    def belonging(
        self, employees: FromClause, employments: Table, department: ColumnElement[bool], *, today: date
    ) -> Select[tuple[UUID]]:
        """Select employments by which `employees` belong somewhere today, under a condition on the department.

        Who has left still belongs where the last employment was, who has yet to join where the first will be.
        """
        begun = or_(employments.c.starts_on <= today, employments.c.starts_on == employees.c.joined_on)
        ends_on = employments.c.ends_on
        lasting = or_(ends_on.is_(None), ends_on > today, ends_on == employees.c.left_on)
        theirs = employments.c.employee_id == employees.c.id
        return select(employments.c.id).where(theirs, begun, lasting, department)

    def people(self, employees: FromClause, employments: Table, reach: Reach, *, today: date) -> ColumnElement[bool]:
        """Admit the caller, and everybody who belongs to a department within reach."""
        themselves = self.predicate(reach, today=today, department=None, employee=employees.c.id)
        others = replace(reach, own=None)
        if reach.everything or others.nothing:
            return themselves
        department = self.predicate(others, today=today, department=employments.c.department_id)
        theirs = self.belonging(employees, employments, department, today=today)
        return or_(themselves, theirs.correlate(employees).exists())

    def predicate(
        self,
        reach: Reach,
        *,
        today: date,
        department: ColumnElement[UUID] | None,
        employee: ColumnElement[UUID] | None = None,
    ) -> ColumnElement[bool]:
        """Admit the rows within reach, told by the columns that say whom a row is about."""
        if reach.everything:
            return true()
        admitted: list[ColumnElement[bool]] = []
        if reach.own is not None and employee is not None:
            admitted.append(employee == reach.own)
        if reach.headed_by is not None and department is not None:
            admitted.append(self._within(department, self.headed_by(reach.headed_by, today)))
        if reach.departments and department is not None:
            admitted.append(self._within(department, self._listed(reach.departments)))
        return or_(false(), *admitted)

    def _listed(self, ids: Sequence[UUID]) -> Select[tuple[UUID]]:
        return select(self._departments.c.id).where(self._departments.c.id.in_(ids))

    def _within(self, column: ColumnElement[UUID], roots: Select[tuple[UUID]]) -> ColumnElement[bool]:
        return column == any_(func.array(self.subtree(roots).scalar_subquery()))


def current(table: Table, today: date) -> ColumnElement[bool]:
    """Admit the spells `[starts_on, ends_on)` that hold today."""
    return and_(table.c.starts_on <= today, or_(table.c.ends_on.is_(None), table.c.ends_on > today))
