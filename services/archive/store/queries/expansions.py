"""What an employee's references stand for today: department, position, manager."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Label

from services.archive.store.reach import employees_within
from services.archive.store.tables import departments, employees, employments, positions
from shared.core.access import Expand, Reach
from shared.kit.expansion import hidden, related
from shared.kit.org.reach import current

_managers = employees.alias("manager")


def expanded(expand: Expand, *, today: date) -> list[Label[Any]]:
    """Give a column for each reference, named like it."""
    return [_EXPANSIONS[name](reach, today) for name, reach in expand.items()]


def _department(reach: Reach, today: date) -> Label[Any]:
    return _of_today("department", departments, "department_id", reach, today)


def _position(reach: Reach, today: date) -> Label[Any]:
    return _of_today("position", positions, "position_id", reach, today)


def _of_today(label: str, table: Any, key: str, reach: Reach, today: date) -> Label[Any]:  # noqa: ANN401 -- a table
    if not reach.everything:
        return hidden(label)
    return related(
        label,
        [table.c.id, table.c.code, table.c.name],
        source=employments.join(table, table.c.id == employments.c[key]),
        where=[employments.c.employee_id == employees.c.id, current(employments, today)],
        owner=employees,
    )


def _manager(reach: Reach, today: date) -> Label[Any]:
    """Show the manager to who may read that employee too."""
    if reach.nothing:
        return hidden("manager")
    return related(
        "manager",
        [_managers.c.id, _managers.c.work_number, _managers.c.name],
        source=employments.join(_managers, _managers.c.id == employments.c.manager_id),
        where=[
            employments.c.employee_id == employees.c.id,
            current(employments, today),
            employees_within(reach, today=today, people=_managers),
        ],
        owner=employees,
    )


_EXPANSIONS: Mapping[str, Callable[[Reach, date], Label[Any]]] = {
    "department": _department,
    "position": _position,
    "manager": _manager,
}
