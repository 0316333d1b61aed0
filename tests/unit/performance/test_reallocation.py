"""An act by hand divides again what stands beside and below its target, to the last unit, and moves nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.performance.domain.goals.cascade import Basis
from services.performance.domain.goals.target import Target, TargetKey
from services.performance.domain.goals.target_sheet import Grounds, revise
from services.performance.domain.schemes.assignment import Member
from services.performance.domain.schemes.scheme import Scheme
from tests.factories.procedure import make_item
from tests.unit.performance.test_target_sheet import (
    BASES,
    EAST,
    GROUP,
    METRICS,
    NOW,
    SCHEME,
    TENANT,
    WEST,
    by,
    grounds,
    hours,
    past,
    person,
    settle,
    wants,
)

Sheet = Mapping[TargetKey, Target]
COMPANY = TargetKey("sales", "company")
PLACES = (GROUP, EAST, WEST)


def of(number: int) -> TargetKey:
    return TargetKey("sales", "employee", person(number).employee_id)


def department(department_id: UUID) -> TargetKey:
    return TargetKey("sales", "department", department_id)


def set_by_hand(targets: Sheet, key: TargetKey, value: str, given_grounds: Grounds) -> dict[TargetKey, Target]:
    settled = targets[key].overridden(Decimal(value), "by hand", at=NOW)
    return act(targets, settled, given_grounds)


def act(targets: Sheet, settled: Target, given_grounds: Grounds, *, release: bool = False) -> dict[TargetKey, Target]:
    about = replace(given_grounds, about=settled.key, release=release)
    revision = revise(targets, about, tenant_id=TENANT, at=NOW, settled=settled)
    return {**targets, settled.key: settled} | {target.key: target for target in revision.changed}


def later(given_grounds: Grounds, targets: Sheet, *members: Member) -> tuple[Grounds, dict[TargetKey, Target]]:
    """Let other people work once plans were due."""
    others = replace(given_grounds, members=members)
    return others, settle(replace(others, steady=True), targets)


def value(targets: Sheet, key: TargetKey) -> Decimal:
    return (targets[key].value if key in targets else None) or Decimal(0)


def unbalanced(targets: Sheet, *, group: bool) -> dict[TargetKey, Decimal]:
    """Give what divided targets differ from what those below have and nobody has."""

    def above(target: Target) -> TargetKey:
        if target.key.subject_kind == "employee":
            return department(target.department_id or TENANT)
        return department(GROUP) if group and target.key.subject_id != GROUP else COMPANY

    given_on = dict.fromkeys(targets, Decimal(0))
    for key, target in targets.items():
        if key != COMPANY:
            given_on[above(target)] += target.value or Decimal(0)
    differ = {
        key: value(targets, key) - given_on[key] - targets[key].unassigned
        for key in targets
        if key.subject_kind == "department" or (key == COMPANY and not group)
    }
    return {key: difference for key, difference in differ.items() if difference}


def test_joiners_elsewhere_move_nobody_and_those_beside_get_a_share() -> None:
    first = settle(grounds())
    found, known = later(grounds(), first, person(1), person(2), person(3, WEST), person(4, WEST), person(5))
    after = set_by_hand(known, of(1), "50", found)
    assert [after[of(number)].value for number in range(1, 6)] == [50, 75, 100, None, 75]
    assert {key: after[key].value for key in first if key.subject_kind != "employee"} == {
        key: target.value for key, target in first.items() if key.subject_kind != "employee"
    }
    assert after[department(WEST)] == known[department(WEST)]
    assert after[of(5)].goal.reason.en.startswith("business target 300 over 5 holders, equal shares")


def test_what_hands_leave_over_is_nobodys_and_the_parent_keeps_its_goal() -> None:
    first = settle(by("equal", "manual"))
    after = set_by_hand(first, of(1), "30", by("equal", "manual"))
    east = after[department(EAST)]
    assert (east.value, east.unassigned) == (Decimal(200), Decimal(170))
    assert east.goal == first[department(EAST)].goal


def test_who_went_elsewhere_keeps_the_part_until_it_is_divided_there() -> None:
    first = settle(grounds(members=[person(1), person(2), person(3, WEST)]))
    found, known = later(grounds(), first, person(1), person(2, WEST), person(3, WEST))
    beside = set_by_hand(known, of(1), "40", found)
    assert [beside[of(number)].value for number in (1, 2, 3)] == [40, 100, 100]
    assert beside[department(EAST)].unassigned == 60
    there = set_by_hand(beside, of(3), "30", found)
    assert [there[of(number)].value for number in (1, 2, 3)] == [40, 70, 30]
    assert (there[department(EAST)].value, there[department(EAST)].unassigned) == (Decimal(200), Decimal(160))
    own = set_by_hand(beside, of(2), "70", found)
    assert [own[of(number)].value for number in (1, 2, 3)] == [40, 70, 30]
    assert own[department(EAST)].unassigned == 160


def test_who_has_left_is_divided_for_no_longer_and_belongs_where_they_did() -> None:
    first = settle(grounds(members=[person(1), person(2), person(3, WEST), person(4, WEST)]))
    found, known = later(grounds(), first, person(1), person(3, WEST))
    after = set_by_hand(known, of(1), "60", found)
    assert [after[of(number)].value for number in (1, 2, 3, 4)] == [60, None, 75, 75]
    assert (after[department(EAST)].unassigned, after[of(2)].department_id) == (Decimal(90), EAST)
    freed = act(after, after[of(1)].lifted(at=NOW), found)
    assert freed[of(1)].value == 150


def test_of_whoever_has_left_a_target_lifted_leaves_the_part_to_the_former_colleagues() -> None:
    first = set_by_hand(settle(grounds()), of(2), "20", grounds())
    found, known = later(grounds(), first, person(1), person(3, WEST))
    freed = act(known, known[of(2)].lifted(at=NOW), found)
    assert [freed[of(number)].value for number in (1, 2, 3)] == [200, None, 100]


def test_a_department_set_by_hand_moves_the_others_and_what_stands_below() -> None:
    after = set_by_hand(settle(grounds()), department(EAST), "280", grounds())
    assert [after[of(number)].value for number in (1, 2, 3)] == [140, 140, 20]
    assert after[COMPANY].goal == settle(grounds())[COMPANY].goal


def test_what_the_business_wants_of_a_department_once_confirmed_moves_the_others_alone() -> None:
    wish = [wants("300") | wants(east, department(EAST)) for east in ("50", "120")]
    waiting = settle(grounds(business=wish[1]), settle(grounds(business=wish[0])))
    assert (waiting[department(EAST)].value, waiting[department(EAST)].proposed) == (Decimal(50), Decimal(120))
    confirmed = grounds(business=wish[1], confirmed=department(EAST), about=department(EAST))
    after = settle(confirmed, waiting)
    assert [after[of(number)].value for number in (1, 2, 3)] == [60, 60, 180]
    assert after[COMPANY] == waiting[COMPANY]


def test_the_companys_target_set_by_hand_moves_everything() -> None:
    found, known = later(grounds(), settle(grounds()), person(1), person(2), person(3, WEST), person(4, WEST))
    after = set_by_hand(known, COMPANY, "800", found)
    assert [after[of(number)].value for number in (1, 2, 3, 4)] == [200, 200, 200, 200]


def with_hands(found: Grounds, **hands: str) -> dict[TargetKey, Target]:
    """Set the company's target, departments' and people's by hand, one after the other."""
    keys = {"company": COMPANY, "east": department(EAST), "west": department(WEST)}
    targets = settle(found)
    for name, wanted in hands.items():
        targets = set_by_hand(targets, keys.get(name) or of(int(name.removeprefix("p"))), wanted, found)
    return targets


def set_releasing(targets: Sheet, key: TargetKey, value: str, found: Grounds) -> dict[TargetKey, Target]:
    return act(targets, targets[key].overridden(Decimal(value), "by hand", at=NOW), found, release=True)


def test_what_was_set_by_hand_stays_unless_it_is_released() -> None:
    found = grounds(members=[person(1), person(2), person(3), person(4, WEST)])
    known = with_hands(found, p1="60", p4="10")
    kept = set_by_hand(known, department(EAST), "270", found)
    assert [kept[of(number)].value for number in range(1, 5)] == [60, 105, 105, 10]
    freed = set_releasing(known, department(EAST), "270", found)
    assert [freed[of(number)].value for number in range(1, 5)] == [90, 90, 90, 10], "beside it hands stay"
    assert (freed[of(1)].override, freed[of(1)].override_reason, freed[of(1)].meant_for) == (None, None, "full_time")
    assert (freed[department(EAST)].unassigned, freed[department(WEST)].value) == (Decimal(0), Decimal(30))
    assert freed[department(WEST)].unassigned == 20


def test_about_the_company_departments_and_people_are_released_and_it_keeps_its_own() -> None:
    known = with_hands(grounds(), east="250", p1="200", p3="1")
    freed = set_releasing(known, COMPANY, "100", grounds())
    assert [freed[of(number)].value for number in (1, 2, 3)] == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert freed[COMPANY].override == 100
    assert not any(target.override for key, target in freed.items() if key != COMPANY)
    assert not unbalanced(freed, group=False)


def test_neither_what_stands_above_nor_beside_is_released_and_a_person_has_nothing_below() -> None:
    known = with_hands(grounds(), company="330", east="240", p1="100")
    freed = set_releasing(known, of(2), "50", grounds())
    assert freed == set_by_hand(known, of(2), "50", grounds())
    assert [freed[key].override for key in (COMPANY, department(EAST), of(1))] == [330, 240, 100]


def test_a_group_s_departments_and_their_people_are_below_it_and_its_own_people_too() -> None:
    members = [person(1, GROUP), person(2), person(3), person(4, WEST)]
    found = grounds(members=members, business=wants("400", department(GROUP)))
    known = with_hands(found, p1="40", east="100", p2="10", p4="5")
    freed = set_releasing(known, department(GROUP), "800", found)
    assert [freed[of(number)].value for number in range(1, 5)] == [200, 200, 200, 200]
    assert freed[department(EAST)].value == 400


def test_who_has_left_below_is_released_too_and_who_is_divided_for_elsewhere_is_not() -> None:
    first = with_hands(grounds(), p1="30", p2="90")
    found, known = later(grounds(), first, person(1, WEST), person(3, WEST), person(5))
    freed = set_releasing(known, department(EAST), "200", found)
    assert [freed[of(number)].value for number in (1, 2, 3, 5)] == [30, None, 70, 200]
    assert (freed[of(1)].override, freed[of(2)].override) == (Decimal(30), None)


def test_what_comes_out_the_same_is_released_and_looked_at_all_the_same() -> None:
    known = with_hands(grounds(), p1="100")
    settled = known[department(EAST)].overridden(Decimal(200), "as it is", at=NOW)
    found = replace(grounds(), about=settled.key, release=True)
    revision = revise(known, found, tenant_id=TENANT, at=NOW, settled=settled)
    assert revision.released == {of(1)}
    assert [*revision.people] == [of(1).subject_id], "its days may be asked for otherwise"
    (changed,) = (target for target in revision.changed if target.key == of(1))
    assert (changed.value, changed.meant_for, known[of(1)].meant_for) == (Decimal(100), "full_time", "person")


def test_a_rate_set_by_hand_leaves_the_others_theirs() -> None:
    items = [make_item("conversion_rate", 10_000, rule={"kind": "ratio"})]
    schemes = {(SCHEME, 1): Scheme.from_document({"items": items}, metrics=METRICS)}
    found = grounds(schemes=schemes, business=wants("0.2", TargetKey("conversion_rate", "company")))
    key = TargetKey("conversion_rate", "employee", person(1).employee_id)
    first = settle(found)
    after = set_by_hand(first, key, "0.3", found)
    assert {each for each in first if after[each].value != first[each].value} == {key}


def test_a_metric_that_nobody_holds_any_more_moves_alone() -> None:
    known = settle(grounds())
    after = set_by_hand(known, of(1), "5", replace(grounds(), members=[]))
    assert {key for key in known if after[key] != known[key]} == {of(1)}


def lived(
    bases: tuple[Basis, Basis], total: Decimal, places: list[tuple[UUID | None, UUID | None]], *, group: bool
) -> tuple[Grounds, dict[TargetKey, Target]]:
    """Set goals of some people, of whom some come, go or work elsewhere once plans were due."""

    def people(found: Iterable[UUID | None]) -> list[Member]:
        return [person(number, at) for number, at in enumerate(found, 1) if at is not None]

    fields: dict[str, Any] = {
        "business": wants(str(total), department(GROUP) if group else COMPANY),
        "hours": hours(*range(0, 128, 16)),
        "results": past(1, "300") | past(2, "100") | past(5, "0"),
    }
    before = by(*bases, members=people(first for first, _ in places), **fields)
    return later(before, settle(before), *people(then for _, then in places))


somewhere = st.sampled_from((*PLACES, None))


@given(
    bases=st.tuples(st.sampled_from(BASES), st.sampled_from(BASES)),
    total=st.decimals(1, 10**9, places=2),
    places=st.lists(st.tuples(somewhere, somewhere), min_size=8, max_size=8),
    group=st.booleans(),
    acts=st.lists(st.tuples(st.integers(1, 8), st.none() | st.integers(0, 10**6)), max_size=5),
    released=st.none() | st.sampled_from((COMPANY, *map(department, PLACES))),
)
def test_whoever_comes_and_goes_sums_stay_exact_and_no_other_department_moves(
    bases: tuple[Basis, Basis],
    total: Decimal,
    places: list[tuple[UUID | None, UUID | None]],
    *,
    group: bool,
    acts: list[tuple[int, int | None]],
    released: TargetKey | None,
) -> None:
    found, targets = lived(bases, total, places, group=group)
    at: dict[UUID | None, UUID] = {each.employee_id: each.department_id for each in found.members}
    for number, wanted in acts:
        key, before = of(number), targets
        if key.subject_id not in at or (wanted is None and targets[key].override is None):
            continue
        target = targets[key]
        settled = target.lifted(at=NOW) if wanted is None else target.overridden(Decimal(wanted), "agreed", at=NOW)
        targets = act(targets, settled, found)
        assert not unbalanced(targets, group=group)
        if not group or at[key.subject_id] != GROUP:  # where departments stand beside them
            moved = {each for each in targets if each not in before or before[each].value != targets[each].value}
            assert {at.get(each.subject_id, at[key.subject_id]) for each in moved} <= {at[key.subject_id]}
            assert {each.subject_kind for each in moved} <= {"employee"}
    above = {COMPANY, department(GROUP)} if group else {COMPANY}
    if at and released in targets and released in above.union(map(department, at.values())):
        freed = set_releasing(targets, released, str(total), found)
        assert not unbalanced(freed, group=group)
        if released == COMPANY:
            assert [key for key, target in freed.items() if target.override is not None] == [COMPANY]
