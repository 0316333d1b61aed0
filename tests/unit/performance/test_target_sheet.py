"""The targets of a whole cycle follow from their grounds: exactly, again and again, and steadily once they are set."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.performance.domain.cycle import Cycle, Terms
from services.performance.domain.goals.business_target import BusinessTarget, wanted_in
from services.performance.domain.goals.cascade import Basis, Cascade
from services.performance.domain.goals.division import Portion
from services.performance.domain.goals.history import PastResult
from services.performance.domain.goals.reallocation import Known
from services.performance.domain.goals.target import Target, TargetKey
from services.performance.domain.goals.target_generation import Hours
from services.performance.domain.goals.target_sheet import Grounds, revise
from services.performance.domain.organisation import Department, DepartmentTree, Employment
from services.performance.domain.schemes.assignment import Assignment, Member
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme
from shared.core.periods import Period, WorkCalendar
from tests.factories.procedure import CONVERSION, SALES, make_item, make_scheme_document

TENANT, CYCLE, SCHEME = UUID(int=1), UUID(int=2), UUID(int=3)
GROUP, EAST, WEST = (UUID(int=n) for n in (10, 11, 12))
NOW = datetime(2026, 1, 5, tzinfo=UTC)
HALF = Period(date(2026, 1, 1), date(2026, 7, 1))
TREE = DepartmentTree(
    [Department(GROUP, "G", "Group"), Department(EAST, "E", "East", GROUP), Department(WEST, "W", "West", GROUP)]
)
METRICS = {metric.key: metric for metric in map(Metric.from_document, (SALES, CONVERSION))}


def person(number: int, department_id: UUID = EAST) -> Member:
    employee_id = UUID(int=100 + number)
    spell = Employment(employee_id, employee_id, department_id, UUID(int=50), "Seller", Decimal(1), date(2020, 1, 1))
    return Member(employee_id, spell, Assignment(SCHEME, 1))


def wants(value: str, key: TargetKey | None = None, period: Period = HALF) -> dict[TargetKey, list[BusinessTarget]]:
    about = key or TargetKey("sales", "company")
    return {about: [BusinessTarget(UUID(int=7), about, period, Decimal(value))]}


def grounds(**overrides: Any) -> Grounds:
    terms = Terms("H1", HALF, date(2026, 1, 20))
    fields: dict[str, Any] = {
        "cycle": Cycle.planned(CYCLE, terms, at=NOW),
        "members": [person(1), person(2), person(3, WEST)],
        "schemes": {(SCHEME, 1): Scheme.from_document(make_scheme_document(), metrics=METRICS)},
        "tree": TREE,
        "calendar": WorkCalendar(),
        "business": wants("300"),
        "results": {},
    }
    return Grounds(**{**fields, **overrides})


def settle(given_grounds: Grounds, known: Known | None = None) -> dict[TargetKey, Target]:
    before = dict(known or {})
    revision = revise(before, given_grounds, tenant_id=TENANT, at=NOW)
    return before | {target.key: target for target in revision.changed}


def values(targets: Mapping[TargetKey, Target], kind: str = "employee") -> dict[int, Decimal | None]:
    return {(key.subject_id or TENANT).int: target.value for key, target in targets.items() if key.subject_kind == kind}


def test_departments_get_by_head_and_people_alike() -> None:
    targets = settle(grounds())
    assert values(targets, "department") == {EAST.int: Decimal(200), WEST.int: Decimal(100)}
    assert set(values(targets).values()) == {Decimal(100)}


@given(total=st.decimals(1, 10**9, places=2), people=st.integers(1, 30), override=st.none() | st.integers(1, 10**6))
def test_leaves_and_what_is_unassigned_sum_to_the_company_exactly(
    total: Decimal, people: int, override: int | None
) -> None:
    members = [person(n, (EAST, WEST)[n % 2]) for n in range(people)]
    first = settle(grounds(business=wants(str(total)), members=members))
    if override is not None:
        chosen = next(target for key, target in first.items() if key.subject_kind == "employee")
        first |= {chosen.key: chosen.overridden(Decimal(override), "by hand", at=NOW)}
    targets = settle(grounds(business=wants(str(total)), members=members), first)
    leaves = sum((value for value in values(targets).values() if value is not None), Decimal(0))
    assert leaves + sum(target.unassigned for target in targets.values()) == total


def test_the_same_grounds_change_nothing() -> None:
    targets = settle(grounds())
    assert revise(targets, grounds(), tenant_id=TENANT, at=NOW).changed == ()


def test_a_wish_for_a_part_of_the_company_stays_whatever_the_rest_gets() -> None:
    east = TargetKey("sales", "department", EAST)
    targets = settle(grounds(business=wants("300") | wants("50", east)))
    assert values(targets, "department") == {EAST.int: Decimal(50), WEST.int: Decimal(250)}


def test_a_wish_for_a_department_above_is_divided_below_it() -> None:
    group = TargetKey("sales", "department", GROUP)
    targets = settle(grounds(business=wants("300", group)))
    assert values(targets, "department") == {GROUP.int: Decimal(300), EAST.int: Decimal(200), WEST.int: Decimal(100)}


def test_whoever_works_in_that_department_itself_shares_with_those_below() -> None:
    group = TargetKey("sales", "department", GROUP)
    members = [person(1, GROUP), person(2), person(3), person(4, WEST)]
    targets = settle(grounds(business=wants("400", group), members=members))
    assert values(targets, "department") == {GROUP.int: Decimal(400), EAST.int: Decimal(200), WEST.int: Decimal(100)}
    assert set(values(targets).values()) == {Decimal(100)}


def test_a_metric_of_departments_gives_one_above_others_its_own_target_once() -> None:
    group = TargetKey("sales", "department", GROUP)
    metrics = METRICS | {"sales": Metric.from_document({**SALES, "level": "department"})}
    schemes = {(SCHEME, 1): Scheme.from_document(make_scheme_document(), metrics=metrics)}
    members = [person(1, GROUP), person(2), person(3), person(4, WEST)]
    targets = settle(grounds(schemes=schemes, business=wants("300", group), members=members))
    assert values(targets, "department") == {GROUP.int: Decimal(300), EAST.int: Decimal(200), WEST.int: Decimal(100)}


def test_a_rate_is_the_same_for_everybody() -> None:
    items = [make_item("conversion_rate", 10_000, rule={"kind": "ratio"})]
    schemes = {(SCHEME, 1): Scheme.from_document({"items": items}, metrics=METRICS)}
    rate = wants("0.2", TargetKey("conversion_rate", "company"))
    targets = settle(grounds(schemes=schemes, business=rate))
    assert set(values(targets).values()) == {Decimal("0.2")}


def test_a_rate_grows_from_history_to_the_hundredth_of_a_percent() -> None:
    items = [make_item("conversion_rate", 10_000, rule={"kind": "ratio"})]
    schemes = {(SCHEME, 1): Scheme.from_document({"items": items}, metrics=METRICS)}
    (half,) = past(1, "0.034").values()
    results = {(person(1).employee_id, "conversion_rate"): half}
    terms = Terms("H1", HALF, date(2026, 1, 20), growth=Decimal("0.1"))
    found = settle(grounds(cycle=Cycle.planned(CYCLE, terms, at=NOW), schemes=schemes, business={}, results=results))
    target = found[TargetKey("conversion_rate", "employee", person(1).employee_id)]
    assert (target.value, target.goal.deviation) == (Decimal("0.0374"), Decimal("0.1"))


def test_a_metric_of_the_department_goes_no_further_down() -> None:
    metrics = METRICS | {"sales": Metric.from_document({**SALES, "level": "department"})}
    schemes = {(SCHEME, 1): Scheme.from_document(make_scheme_document(), metrics=metrics)}
    revision = revise({}, grounds(schemes=schemes), tenant_id=TENANT, at=NOW)
    assert {target.key.subject_kind for target in revision.changed} == {"company", "department"}
    assert revision.people == {person(n).employee_id for n in (1, 2, 3)}


def test_too_large_a_move_waits_and_a_small_one_does_not() -> None:
    first = settle(grounds())
    waiting = settle(grounds(business=wants("400")), first)
    top = waiting[TargetKey("sales", "company")]
    assert (top.value, top.proposed) == (Decimal(300), Decimal(400))
    assert set(values(waiting).values()) == {Decimal(100)}
    back = settle(grounds(business=wants("330")), waiting)
    assert (back[top.key].value, back[top.key].proposed) == (Decimal(330), None)


def test_a_confirmed_move_flows_down() -> None:
    waiting = settle(grounds(business=wants("600")), settle(grounds()))
    confirmed = settle(grounds(business=wants("600"), confirmed=TargetKey("sales", "company")), waiting)
    assert set(values(confirmed).values()) == {Decimal(200)}


def test_who_no_longer_holds_the_metric_has_no_target() -> None:
    fewer = settle(grounds(members=[person(1), person(2)]), settle(grounds()))
    assert fewer[TargetKey("sales", "employee", person(3).employee_id)].value is None


def test_once_goals_are_set_nobody_moves_for_others() -> None:
    first = settle(grounds())
    changed = grounds(members=[person(1), person(4)], steady=True)
    later = settle(changed, first)
    assert {key: later[key] for key in first} == first
    assert later[TargetKey("sales", "employee", person(4).employee_id)].value is None


def test_of_a_target_for_other_days_the_workday_share_counts() -> None:
    key = TargetKey("sales", "company")
    year = BusinessTarget(UUID(int=7), key, Period(date(2026, 1, 1), date(2027, 1, 1)), Decimal(261))
    quarter = replace(year, id=UUID(int=8), period=Period(date(2026, 1, 1), date(2026, 4, 1)), value=Decimal(10))
    exact = replace(year, id=UUID(int=9), period=HALF, value=Decimal(77))

    def wanted(*targets: BusinessTarget, cumulative: bool = True) -> Decimal | None:
        return wanted_in(HALF, targets, calendar=WorkCalendar(), cumulative=cumulative)

    assert wanted(year) == Decimal("129.00")
    assert wanted(year, quarter) == Decimal("139.00")
    assert wanted(year, quarter, exact) == Decimal(77)
    assert wanted(year, quarter, cumulative=False) == Decimal(261)
    assert wanted() is None


@given(
    value=st.decimals(-(10**12), 10**12, places=2) | st.decimals(0, 1000, places=6),
    days=st.integers(1, 400),
    cuts=st.sets(st.integers(1, 399), max_size=12),
)
def test_what_consecutive_cycles_are_asked_for_sums_exactly_to_the_target(
    value: Decimal, days: int, cuts: set[int]
) -> None:
    starts_on = date(2026, 1, 3)  # a Saturday
    whole = Period(starts_on, starts_on + timedelta(days))
    edges = [starts_on + timedelta(cut) for cut in sorted(cut for cut in cuts if cut < days)]
    cycles = [Period(*pair) for pair in pairwise([whole.starts_on, *edges, whole.ends_on])]
    target = BusinessTarget(UUID(int=7), TargetKey("sales", "company"), whole, value)
    asked = [wanted_in(each, [target], calendar=WorkCalendar(), cumulative=True) for each in cycles]
    assert sum((each for each in asked if each is not None), Decimal(0)) == value


def test_two_equal_cycles_share_an_odd_cent() -> None:
    weeks = [Period(date(2026, 3, 2) + timedelta(14 * at), date(2026, 3, 16) + timedelta(14 * at)) for at in (0, 1)]
    target = BusinessTarget(
        UUID(int=7),
        TargetKey("sales", "company"),
        Period(weeks[0].starts_on, weeks[1].ends_on),
        Decimal("100.01"),
    )
    asked = [wanted_in(each, [target], calendar=WorkCalendar(), cumulative=True) for each in weeks]
    assert asked == [Decimal("50.01"), Decimal("50.00")]


def test_what_the_business_wants_in_another_currency_is_not_taken_for_the_metrics_own() -> None:
    in_yuan = Metric.from_document({**SALES, "currency": {"code": "CNY"}})
    schemes = {(SCHEME, 1): Scheme.from_document(make_scheme_document(), metrics={**METRICS, "sales": in_yuan})}
    key = TargetKey("sales", "company")
    asked = {code: [replace(each, currency=code) for each in wants("300")[key]] for code in ("CNY", "USD")}
    assert settle(grounds(schemes=schemes, business={key: asked["CNY"]}))[key].value == 300
    refused = settle(grounds(schemes=schemes, business={key: asked["USD"]}))[key]
    assert (refused.value, refused.goal.origin) == (None, "none")
    assert refused.goal.reason.en.startswith("the business target is in USD, the metric in CNY, so it is not taken; ")
    both = [*asked["USD"], *(replace(each, id=UUID(int=8)) for each in asked["CNY"])]
    assert settle(grounds(schemes=schemes, business={key: both}))[key].value == 300


def test_the_whole_is_not_said_to_be_divided() -> None:
    found = settle(by("fte", "fte", hours=hours(129, 129, 129)))
    assert found[TargetKey("sales", "company")].goal.reason.en == "business target 300 over 3 holders"
    assert "over 3 holders, " in found[TargetKey("sales", "employee", person(1).employee_id)].goal.reason.en


BASES: tuple[Basis, ...] = ("equal", "fte", "eligible_days", "historical", "manual")


def by(departments: Basis, people: Basis, **overrides: Any) -> Grounds:
    terms = Terms("H1", HALF, date(2026, 1, 20), cascade=Cascade(departments, people))
    return grounds(cycle=Cycle.planned(CYCLE, terms, at=NOW), **overrides)


def hours(*days: int) -> dict[tuple[UUID, str], Hours]:
    """Let people work for so many full-time days of 129, full time."""
    return {(person(at).employee_id, "sales"): Hours(Fraction(1), Fraction(each)) for at, each in enumerate(days, 1)}


def past(number: int, *values: str) -> dict[tuple[UUID, str], list[PastResult]]:
    years = [
        PastResult(Period(date(2025 - back, 1, 1), date(2025 - back, 7, 1)), Decimal(value))
        for back, value in enumerate(values)
    ]
    return {(person(number).employee_id, "sales"): years}


@given(
    total=st.decimals(1, 10**9, places=2),
    bases=st.tuples(st.sampled_from(BASES), st.sampled_from(BASES)),
    days=st.lists(st.integers(0, 129), min_size=6, max_size=6),
    reached=st.lists(st.none() | st.integers(-100, 10**6), min_size=6, max_size=6),
    override=st.none() | st.integers(1, 10**6),
)
def test_whatever_the_bases_all_sums_are_exact_and_hands_are_kept(
    total: Decimal, bases: tuple[Basis, Basis], days: list[int], reached: list[int | None], override: int | None
) -> None:
    results = {
        key: value
        for number, each in enumerate(reached, 1)
        if each is not None
        for key, value in past(number, str(each)).items()
    }
    members = [person(number, (EAST, WEST)[number % 2]) for number in range(1, 7)]
    given_grounds = by(*bases, business=wants(str(total)), members=members, hours=hours(*days), results=results)
    first = settle(given_grounds)
    chosen = first[TargetKey("sales", "employee", person(1).employee_id)]
    if override is not None:
        first |= {chosen.key: chosen.overridden(Decimal(override), "by hand", at=NOW)}
    targets = settle(given_grounds, first)
    if override is not None:
        assert targets[chosen.key].value == override
    divided = [target.value or Decimal(0) for key, target in targets.items() if key.subject_kind == "employee"]
    lost = [target.unassigned for key, target in targets.items() if key.subject_kind != "employee"]
    assert sum(divided, sum(lost, Decimal(0))) == total


def test_departments_by_history_and_people_by_days_each_say_why() -> None:
    """East reached 300 and 100, west 400: half each. Two in east share theirs by 129 and 43 days."""
    results = past(1, "300", "300") | past(2, "100") | past(3, "400")
    targets = settle(
        by("historical", "eligible_days", business=wants("960"), hours=hours(129, 43, 129), results=results)
    )
    assert values(targets, "department") == {EAST.int: Decimal(480), WEST.int: Decimal(480)}
    assert list(values(targets).values()) == [Decimal(360), Decimal(120), Decimal(480)]
    east, second = (
        targets[TargetKey("sales", "department", EAST)],
        targets[TargetKey("sales", "employee", UUID(int=102))],
    )
    assert east.goal.portion == Portion("historical", Fraction(400), Fraction(800))
    assert east.goal.reason.en == (
        "business target 960 over 3 holders, by share of the last three years; the whole +74.55% on the mean of "
        "its last three years; 37.14% off the historical mean 350, far off: please check"
    )
    assert second.goal.portion == Portion("eligible_days", Fraction(43), Fraction(172))
    assert "按应出勤工作日分配（43）" in second.goal.reason.zh
    assert (second.meant_for, east.meant_for) == ("workdays", "full_time")


def test_whom_a_target_is_meant_for_follows_from_how_it_came_about() -> None:
    key = TargetKey("sales", "employee", person(1).employee_id)

    def meant_for(found: Grounds) -> str:
        return settle(found)[key].meant_for

    assert meant_for(by("equal", "equal")) == meant_for(by("fte", "historical", results=past(1, "5"))) == "full_time"
    assert meant_for(by("equal", "fte", hours=hours(1, 1, 1))) == "person"
    assert meant_for(by("equal", "fte")) == "full_time", "by head, where nobody works"
    assert meant_for(by("equal", "equal", business=wants("5", key))) == "person"
    assert meant_for(by("equal", "equal", business={}, results=past(1, "5"))) == "person"
    (by_hand,) = [settle(grounds())[key].overridden(Decimal(7), "part-time", at=NOW)]
    assert by_hand.meant_for == "person"


def test_by_hand_people_have_none_until_somebody_says_so() -> None:
    targets = settle(by("equal", "manual"))
    assert set(values(targets).values()) == {None}
    assert sum(target.unassigned for target in targets.values()) == 300
