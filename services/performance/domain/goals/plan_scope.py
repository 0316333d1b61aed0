"""Whom a department's plan is about, and who may decide about it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from services.performance.domain.goals.plan import Actor, People
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Member
from shared.core.access import Principal

_DECIDING_ROLES = frozenset({"hr", "admin"})


def departments_to_plan(members: Iterable[Member], *, tree: DepartmentTree, day: date) -> Sequence[UUID]:
    """Give the departments whose heads plan for somebody: where each person is, or the nearest above with a head."""
    planning = {tree.planning(place.department_id, day) for member in members for place in member.current}
    return sorted(department_id for department_id in planning if department_id is not None)


def members_under(
    department_id: UUID, members: Iterable[Member], *, tree: DepartmentTree, planned: Collection[UUID]
) -> Sequence[Member]:
    """Give the people whom a department's plan is about, at their places there: nothing nearer to these has a plan."""
    return [
        place
        for member in members
        for place in member.current
        if next((at for at in tree.line(place.department_id) if at in planned), None) == department_id
    ]


def people_of(department_id: UUID, members: Iterable[Member], *, tree: DepartmentTree, day: date) -> People:
    """Tell who leads and who is scored; while a department has no head, the nearest one above stands in."""
    leading = tree.planning(department_id, day)
    heads = tree.heads_on(leading, day) if leading else frozenset[UUID]()
    return People(heads, frozenset(member.employee_id for member in members))


def actor_of(principal: Principal, department_id: UUID, *, tree: DepartmentTree, day: date) -> Actor:
    """Tell what a caller is to a department; the general manager heads the top of its line, and not it itself.

    Raises Forbidden (`not_an_employee`).
    """
    employee_id, top = principal.as_employee(), tree.line(department_id)[-1]
    return Actor(
        employee_id=employee_id,
        is_hr=not _DECIDING_ROLES.isdisjoint(principal.roles),
        is_general_manager=top != department_id and employee_id in tree.heads_on(top, day),
    )
