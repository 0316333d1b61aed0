"""What references to people, departments and cycles stand for, from the copies kept here."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Label, Table

from services.performance.store.queries.within import compiler
from services.performance.store.tables.base import org
from services.performance.store.tables.procedure import cycles
from shared.core.access import Expand, Reach
from shared.kit.expansion import hidden, related

_people = org.employees.alias("person")
_departments = org.departments.alias("unit")
_cycles = cycles.alias("period")


def expanded(owner: Table, expand: Expand, *, today: date) -> list[Label[Any]]:
    """Give a column for each reference of `owner`, named like it."""
    return [_EXPANSIONS[name](owner, reach, today) for name, reach in expand.items()]


def _employee(owner: Table, reach: Reach, today: date) -> Label[Any]:
    if reach.nothing:
        return hidden("employee")
    visible = compiler.people(_people, org.employments, reach, today=today)
    columns = [_people.c.id, _people.c.work_number, _people.c.name]
    return related(
        "employee", columns, source=_people, where=[_people.c.id == owner.c.employee_id, visible], owner=owner
    )


def _department(owner: Table, reach: Reach, _: date) -> Label[Any]:
    columns = [_departments.c.id, _departments.c.code, _departments.c.name]
    return _shared("department", columns, owner, _departments, reach)


def _cycle(owner: Table, reach: Reach, _: date) -> Label[Any]:
    names = ("id", "name", "phase", "starts_on", "ends_on")
    return _shared("cycle", [_cycles.c[name] for name in names], owner, _cycles, reach)


def _shared(label: str, columns: list[Any], owner: Table, table: Any, reach: Reach) -> Label[Any]:  # noqa: ANN401 -- an alias
    """Show what everybody may read who reads it at all."""
    if not reach.everything:
        return hidden(label)
    return related(label, columns, source=table, where=[table.c.id == owner.c[f"{label}_id"]], owner=owner)


_EXPANSIONS: Mapping[str, Callable[[Table, Reach, date], Label[Any]]] = {
    "employee": _employee,
    "department": _department,
    "cycle": _cycle,
}
