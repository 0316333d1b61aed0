"""What is supposed of departments: one thing of each, a tree without circles, and groups by the tree that would be."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.performance.domain.calibration.policy import DistributionPolicy, Population, QuotaRule
from services.performance.domain.calibration.populations import Standing
from services.performance.domain.organisation import Department, DepartmentTree
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.domain.simulation.quotas import Standings, quotas_beside
from services.performance.domain.simulation.reorganisation import Merger, Move, OtherParent, Reorganisation
from services.performance.domain.simulation.supposition import Supposition
from shared.core.errors import Conflict, Invalid, NotFound

TOP, A, B, TEAM, NOWHERE = (UUID(int=n) for n in range(1, 6))
SPRING, SUMMER = date(2026, 4, 1), date(2026, 6, 1)


def tree(*, team_below: UUID = A) -> DepartmentTree:
    """Give `A` and `B` below the top, and `TEAM` below one of them."""
    above = {TOP: None, A: TOP, B: TOP, TEAM: team_below}
    return DepartmentTree(Department(each, f"D{each.int}", "", parent) for each, parent in above.items())


def placed(*parents: tuple[UUID, UUID | None]) -> Reorganisation:
    return Reorganisation(departments=tuple(OtherParent(*each) for each in parents))


def merged(*pairs: tuple[UUID, UUID]) -> Reorganisation:
    return Reorganisation(mergers=tuple(Merger(*pair, SPRING) for pair in pairs))


def test_all_of_it_is_judged_at_once() -> None:
    """Step by step the first would have made a circle for a moment."""
    placed((A, TEAM), (TEAM, TOP)).refuse_impossible(tree())
    placed((A, None), (TOP, TEAM)).refuse_impossible(tree())
    merged((TEAM, A), (A, B)).refuse_impossible(tree())


@pytest.mark.parametrize(
    ("supposed", "places"),
    [
        (placed((B, TOP), (A, TEAM)), ["departments/1"]),
        (placed((A, A)), ["departments/0"]),
        (placed((TOP, None), (A, B), (B, A)), ["departments/1", "departments/2"]),
        (merged((A, A)), ["mergers/0"]),
        (merged((TEAM, A), (A, B), (B, A)), ["mergers/1", "mergers/2"]),
    ],
)
def test_circles_are_refused(supposed: Reorganisation, places: list[str]) -> None:
    with pytest.raises(Conflict) as refused:
        supposed.refuse_impossible(tree())
    named = "parent_id" if supposed.departments else "merged_into"
    assert refused.value.code == "department_circle"
    assert [each.pointer for each in refused.value.violations] == [f"/{place}/{named}" for place in places]


@pytest.mark.parametrize(
    ("supposed", "pointers"),
    [
        (placed((NOWHERE, NOWHERE)), ["/departments/0/department_id", "/departments/0/parent_id"]),
        (merged((A, NOWHERE)), ["/mergers/0/merged_into"]),
        (Reorganisation(moves=(Move(A, NOWHERE, A, SPRING),)), ["/moves/0/department_id"]),
    ],
)
def test_departments_that_are_not_there_are_refused(supposed: Reorganisation, pointers: list[str]) -> None:
    with pytest.raises(NotFound) as refused:
        supposed.refuse_impossible(tree())
    assert refused.value.code == "department_not_found"
    assert [each.pointer for each in refused.value.violations] == pointers


@pytest.mark.parametrize(
    ("supposed", "pointer"),
    [
        (placed((A, B), (TEAM, B), (A, None)), "/departments/2/department_id"),
        (merged((A, B), (A, TEAM)), "/mergers/1/department_id"),
    ],
)
def test_one_thing_is_supposed_of_a_department(supposed: Reorganisation, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        supposed.refuse_repeated()
    assert [(each.pointer, each.code) for each in refused.value.violations] == [(pointer, "department_repeated")]


def test_it_is_read_back_as_it_was_written_and_cannot_be_applied() -> None:
    reorganisation = Reorganisation(
        (OtherParent(A, B), OtherParent(B, None)), (Merger(TEAM, B, SUMMER),), (Move(TOP, A, B, SPRING),)
    )
    supposed = Supposition(scheme=(TOP, 2), reorganisation=reorganisation)
    assert Supposition.of_document(supposed.to_document()) == supposed
    assert not supposed.is_applicable


def test_what_was_supposed_before_there_were_departments_is_read() -> None:
    document: dict[str, Any] = {"scheme": None, "targets": [], "moves": [], "bonus_bands": []}
    assert Supposition.of_document(document) == Supposition()


def test_groups_are_those_of_each_side() -> None:
    """`TEAM` goes below `B`, and the one person of `A` itself works in `TEAM`: nobody is left under `A`."""
    good = Verdict(Decimal(80), "good")
    people = [Standing.of(UUID(int=100 + at.int), TOP, at, computed=good) for at in (A, B, TEAM)]
    rule = QuotaRule("Divisions", Population("level", level=2), ())
    found = quotas_beside(
        DistributionPolicy(rules=(rule,)),
        people,
        before=Standings(tree(), {}),
        after=Standings(tree(team_below=B), {}, {UUID(int=100 + A.int): TEAM}),
    )
    counted = [
        (each["department_id"], grade["before"], grade["after"], each["joined_from"])
        for each in found
        for grade in each["grades"]
        if grade["grade"] == "good"
    ]
    assert counted == [(str(B), 1, 3, [str(A), str(TEAM)]), (str(A), 2, 0, [])]


def test_mergers_of_one_day_follow_one_another_in_whatever_order_they_are_said() -> None:
    """Whoever comes into a department that is merged that day goes on with its people."""
    for pairs in (((TEAM, A), (A, B)), ((A, B), (TEAM, A))):
        assert [each.department_id for each in merged(*pairs).mergers_in_order] == [TEAM, A]
    earlier = Merger(A, B, date(2026, 3, 1))
    later = Reorganisation(mergers=(*merged((TEAM, A)).mergers, earlier))
    assert [each.department_id for each in later.mergers_in_order] == [A, TEAM]
