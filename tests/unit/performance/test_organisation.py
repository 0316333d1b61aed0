"""Who leads, who plans, which employment speaks for a person, and which scheme scores them."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.performance.domain.goals.plan_scope import actor_of, departments_to_plan, members_under, people_of
from services.performance.domain.organisation import (
    Department,
    DepartmentTree,
    Employment,
    Headship,
    principal_employment,
)
from services.performance.domain.schemes.assignment import Assignment, Assignments, members_in, refuse_taken_places
from shared.core.access import Principal, Reach
from shared.core.errors import Conflict, Forbidden
from shared.core.periods import Period

COMPANY, SALES, TEAM, HR = (UUID(int=n) for n in range(1, 5))
BOSS, HEAD, DEPUTY, SELLER = (UUID(int=n) for n in range(11, 15))
SELLING, STAFF = UUID(int=21), UUID(int=22)
HALF = Period(date(2026, 1, 1), date(2026, 7, 1))
TODAY = date(2026, 2, 2)


def head(employee_id: UUID, **overrides: Any) -> Headship:
    return Headship(**{"employee_id": employee_id, "kind": "head", "starts_on": date(2020, 1, 1), **overrides})


TREE = DepartmentTree(
    [
        Department(COMPANY, "C", "Company", None, (head(BOSS),)),
        Department(SALES, "S", "Sales", COMPANY, (head(HEAD), head(DEPUTY, kind="acting", ends_on=date(2026, 3, 1)))),
        Department(TEAM, "T", "Team", SALES),
        Department(HR, "H", "HR", COMPANY, (head(HEAD, ends_on=date(2025, 1, 1)),)),
    ]
)


def employment(**overrides: Any) -> Employment:
    fields: dict[str, Any] = {
        "id": UUID(int=99),
        "employee_id": SELLER,
        "department_id": TEAM,
        "position_id": SELLING,
        "position_name": "Seller",
        "fte": Decimal(1),
        "starts_on": date(2020, 1, 1),
    }
    return Employment(**{**fields, **overrides})


def test_the_line_goes_up_and_survives_a_circle() -> None:
    circle = DepartmentTree([Department(SALES, "S", "S", TEAM), Department(TEAM, "T", "T", SALES)])
    assert TREE.line(TEAM) == (TEAM, SALES, COMPANY)
    assert circle.line(TEAM) == (TEAM, SALES)


def test_a_department_without_a_head_is_planned_for_from_above() -> None:
    assert (TREE.planning(TEAM, TODAY), TREE.planning(HR, TODAY)) == (SALES, COMPANY)
    assert TREE.planning_above(SALES, TODAY) == COMPANY
    assert departments_to_plan(_members(), tree=TREE, day=TODAY) == [SALES]


def test_who_acts_leads_as_long_as_it_lasts() -> None:
    assert TREE.heads_on(SALES, TODAY) == {HEAD, DEPUTY}
    assert TREE.heads_on(SALES, date(2026, 3, 1)) == {HEAD}


@pytest.mark.parametrize(
    ("reach", "within"),
    [
        (Reach(everything=True), True),
        (Reach(headed_by=BOSS), True),
        (Reach(headed_by=SELLER), False),
        (Reach(departments=(SALES,)), True),
        (Reach(departments=(HR,)), False),
        (Reach(own=SELLER), False),
    ],
)
def test_reach_covers_subtrees(reach: Reach, *, within: bool) -> None:
    assert TREE.within(reach, TEAM, TODAY) is within


def test_the_employment_on_the_last_day_speaks_for_a_person() -> None:
    left = employment(ends_on=date(2026, 3, 1))
    joined = employment(id=UUID(int=98), department_id=HR, starts_on=date(2026, 3, 1))
    assert principal_employment([left, joined], HALF) == joined
    assert principal_employment([left], HALF) == left
    assert principal_employment([employment(ends_on=date(2026, 1, 1))], HALF) is None


def test_of_two_employments_at_once_the_larger_speaks() -> None:
    small, large = employment(fte=Decimal("0.4")), employment(id=UUID(int=98), fte=Decimal("0.6"), department_id=HR)
    assert principal_employment([small, large], HALF) == large


def test_the_most_specific_assignment_wins() -> None:
    default, of_department = Assignment(UUID(int=31), 1), Assignment(UUID(int=32), 1, (SALES,))
    of_position, of_both = (
        Assignment(UUID(int=33), 1, (), (SELLING,)),
        Assignment(UUID(int=34), 1, (SALES,), (SELLING,)),
    )
    every = [default, of_department, of_position, of_both]
    chosen = [Assignments(every[:n], TREE).scheme_for(TEAM, SELLING) for n in range(len(every) + 1)]
    assert chosen == [None, *every]
    assert Assignments(every, TREE).scheme_for(HR, STAFF) == default
    assert Assignments(every, TREE).scheme_for(TEAM, STAFF) == of_department


def test_a_place_is_claimed_once() -> None:
    taken = Assignment(UUID(int=31), 1, (SALES, HR), (SELLING,))
    refuse_taken_places(Assignment(UUID(int=32), 1, (SALES,)), [taken])
    with pytest.raises(Conflict, match="already assigned"):
        refuse_taken_places(Assignment(UUID(int=32), 1, (HR,), (SELLING, STAFF)), [taken])


def test_a_plan_is_about_everybody_to_whom_nobody_nearer_plans() -> None:
    members = _members()
    assert members_under(SALES, members, tree=TREE, planned={SALES, COMPANY}) == members
    assert members_under(COMPANY, members, tree=TREE, planned={SALES, COMPANY}) == []
    assert people_of(SALES, members, tree=TREE, day=TODAY).members == {SELLER}
    assert people_of(HR, [], tree=TREE, day=TODAY).heads == {BOSS}


def test_the_general_manager_heads_the_top_and_not_the_department_itself() -> None:
    def manages(employee_id: UUID, department_id: UUID) -> bool:
        principal = Principal(tenant_id=COMPANY, subject="it", kind="person", employee_id=employee_id)
        return actor_of(principal, department_id, tree=TREE, day=TODAY).is_general_manager

    assert manages(BOSS, TEAM)
    assert not manages(BOSS, COMPANY)
    assert not manages(HEAD, TEAM)


def test_a_system_acts_upon_no_plan() -> None:
    with pytest.raises(Forbidden):
        actor_of(Principal(tenant_id=COMPANY, subject="erp", kind="client"), SALES, tree=TREE, day=TODAY)


def _members() -> list[Any]:
    return list(members_in(HALF, employments=[employment()], assignments=Assignments([], TREE), positions="allocate"))
