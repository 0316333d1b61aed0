"""Several positions at once: each has its part of the days, by FTE, as far as they are scored differently."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from services.performance.domain.explaining.explanation import explain
from services.performance.domain.explaining.shown import Shown as ShownAgain
from services.performance.domain.goals.target import MeantFor
from services.performance.domain.schemes.assignment import Assignment, FormerVersion, Version
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.people import input_hash
from services.performance.domain.scoring.proration import Asked, Prorating
from services.performance.domain.scoring.reached import reached_in
from services.performance.domain.scoring.timeline import Stretch, whole_of
from shared.core.periods import Period
from tests.unit.performance import test_people as people
from tests.unit.performance.samples import RATIO, item, read_scheme
from tests.unit.performance.test_timeline import (
    APRIL,
    H1,
    LAB,
    OF_RISK,
    OF_SALES,
    RISK,
    SALES,
    SCHEMES,
    TEAM,
    days,
    spell,
    timeline,
)

LONG_AGO, FEBRUARY, MARCH = date(2020, 1, 1), date(2026, 2, 2), date(2026, 3, 2)
Shown = tuple[Version | None, str]


def shown(stretches: tuple[Stretch, ...]) -> list[Shown]:
    return [(each.place.version, str(each.allocation)) for each in stretches]


def test_two_positions_at_once_divide_the_days_and_the_principal_one_comes_last() -> None:
    both = timeline().of([spell(SALES, LONG_AGO, fte="0.6"), spell(RISK, LONG_AGO, fte="0.4")])
    assert shown(both) == [(OF_RISK, "2/5"), (OF_SALES, "3/5")]
    assert [(each.period, each.workdays) for each in both] == [(H1, 128)] * 2
    assert [each.fte for each in both] == [Fraction("0.4"), Fraction("0.6")]
    assert [each.allotted_workdays for each in both] == [Fraction("51.2"), Fraction("76.8")]
    assert whole_of(both) == replace(both[-1], fte=Fraction(1), allocation=Fraction(1))


def test_a_second_position_for_a_time_cuts_where_it_comes_and_where_it_goes() -> None:
    found = timeline().of([spell(RISK, LONG_AGO, fte="0.4"), spell(SALES, FEBRUARY, MARCH, fte="0.6")])
    assert shown(found) == [(OF_RISK, "1"), (OF_RISK, "2/5"), (OF_SALES, "3/5"), (OF_RISK, "1")]
    assert days(found) == [("01-01", "02-02", 21), *[("02-02", "03-02", 20)] * 2, ("03-02", "07-01", 87)]
    assert sum(each.allotted_workdays for each in found) == whole_of(found).workdays == 128


def test_another_share_of_the_days_cuts_as_well() -> None:
    grown = [spell(SALES, LONG_AGO, fte="0.5"), spell(RISK, LONG_AGO, APRIL, fte="0.3"), spell(RISK, APRIL, fte="0.5")]
    found = timeline().of(grown)
    assert shown(found) == [(OF_RISK, "3/8"), (OF_SALES, "5/8"), (OF_RISK, "1/2"), (OF_SALES, "1/2")]


def test_positions_that_are_scored_alike_are_one_and_one_that_nothing_scores_has_no_part() -> None:
    alike = [spell(SALES, LONG_AGO, fte="0.5"), spell(TEAM, LONG_AGO, fte="0.3"), spell(LAB, LONG_AGO, fte="0.2")]
    (one,) = timeline().of(alike)
    assert (one.place.version, one.allocation, one.fte) == (OF_SALES, Fraction(1), Fraction("0.8"))
    assert timeline().of([spell(LAB, LONG_AGO)]) == ()


def test_positions_of_no_hours_at_all_share_the_days_equally() -> None:
    """Which the archive refuses; should such an employment come all the same, the person is scored."""
    both = timeline().of([spell(SALES, LONG_AGO, fte="0"), spell(RISK, LONG_AGO, fte="0")])
    assert [each.allocation for each in both] == [Fraction(1, 2)] * 2


@pytest.mark.parametrize("meant_for", ["full_time", "person", "workdays"])
def test_who_gives_no_hours_is_asked_for_as_if_nothing_were_prorated_by_them(meant_for: MeantFor) -> None:
    """Which the archive refuses as well; it must not stop the others' scoring."""
    asked = Asked(Decimal(100), meant_for, Fraction(60) if meant_for == "workdays" else None)
    idle = replace(people.stretch(people.ONE, people.NEW_YEAR, people.JULY, 60), fte=Fraction(0))
    metric = people.SALES_ALONE.items[0].metric
    found = Prorating(120, "prorate").of(metric, idle, asked)
    assert found.days * found.scale == Fraction(1, 2)


def test_departments_that_weigh_the_same_scheme_differently_are_two() -> None:
    weights = {"sales": 5000, "conversion_rate": 4000, "teamwork": 1000}
    planned = Rulebook(
        (Assignment(*OF_SALES, department_ids=(SALES,)),),
        SCHEMES,
        {(TEAM, OF_SALES): weights},
        planned=frozenset({SALES, TEAM}),
    )
    found = timeline(planned).of([spell(SALES, LONG_AGO, fte="0.5"), spell(TEAM, LONG_AGO, fte="0.3")])
    assert [(each.place.department_id, str(each.allocation)) for each in found] == [(TEAM, "3/8"), (SALES, "5/8")]


def test_a_version_from_a_day_on_cuts_the_days_of_all_positions() -> None:
    newer = (OF_SALES[0], 2)
    dated = Assignment(*newer, department_ids=(SALES,), former=(FormerVersion(1, APRIL),))
    rules = Rulebook((dated, Assignment(*OF_RISK, department_ids=(RISK,))), {**SCHEMES, newer: SCHEMES[OF_SALES]}, {})
    found = timeline(rules).of([spell(SALES, LONG_AGO, fte="0.5"), spell(RISK, LONG_AGO, fte="0.5")])
    assert {each.place.version for each in found[:2]} == {OF_SALES, OF_RISK}
    assert {each.place.version for each in found[2:]} == {newer, OF_RISK}


def test_leave_takes_days_out_of_every_position() -> None:
    both = [spell(SALES, LONG_AGO, fte="0.6"), spell(RISK, LONG_AGO, fte="0.4")]
    found = timeline().of(both, [Period(APRIL, date(2026, 5, 1))])
    assert [(each.workdays, each.absent) for each in found] == [(106, 22)] * 2


def test_where_the_cycle_says_so_the_principal_position_has_all_of_the_days() -> None:
    both = [spell(RISK, LONG_AGO, fte="0.4"), spell(SALES, FEBRUARY, MARCH, fte="0.6")]
    found = timeline(positions="principal").of(both)
    assert shown(found) == [(OF_RISK, "1"), (OF_SALES, "1"), (OF_RISK, "1")]


def halves(first: Version, second: Version, allocation: str = "3/5") -> tuple[Stretch, Stretch]:
    part = Fraction(allocation)
    one = people.stretch(first, people.NEW_YEAR, people.JULY, 120)
    other = people.stretch(second, people.NEW_YEAR, people.JULY, 120)
    return replace(one, allocation=1 - part, fte=1 - part), replace(other, allocation=part, fte=part)


def test_points_of_positions_combine_by_their_parts_of_the_days() -> None:
    """40 % of the days at 50 of 100 sold, 60 % without an event: 0.4 × 50 + 0.6 × 100 is 80.

    Two events cost their 10 points in whatever part of the days they happen: there 5 over 0.6 each.
    """
    who = people.person(*halves(people.ONE, people.OTHER))
    result = people.scored(who, people.answers(who, people.KNOWN, "50", "2"))
    assert (result.state, result.total) == ("complete", Decimal("70.00"))
    half = people.scored(who, people.answers(who, people.KNOWN, "50", "0"))
    assert half.total == Decimal("80.00")
    marks = {input_hash(who.place, each, final=True, minimum_workdays=0) for each in (result, half)}
    other = people.person(*halves(people.ONE, people.OTHER, "1/2"))
    marks.add(
        input_hash(who.place, replace(half, segments=other.stretches), final=True, minimum_workdays=0),
    )
    assert len(marks) == 3


@pytest.mark.parametrize(
    ("meant_for", "total"),
    [("full_time", "60.00"), ("person", "60.00")],
)
def test_a_metric_of_both_positions_is_asked_for_what_they_give_together(meant_for: MeantFor, total: str) -> None:
    """60 of 100 are 60 points in either position: each counts all that came, and is asked for all of it."""
    sales = read_scheme({"items": [item("sales", 10_000, RATIO)]})
    schemes = {people.ONE: sales, people.OTHER: sales}
    targets = {people.PERSON: {"sales": Asked(Decimal(100), meant_for)}}
    who = replace(
        people.person(*halves(people.ONE, people.OTHER)), targets=targets, prorating=Prorating(120, "prorate")
    )
    asked = [question for _, question in who.questions(schemes)]
    assert len(set(asked)) == 1
    result = people.scored(who, dict.fromkeys(asked, people.known(Decimal(60))), schemes)
    assert result.total == Decimal(total)
    (reached,) = reached_in(result, schemes)
    assert (reached.target, reached.actual) == (Decimal(100), Decimal(60))


def test_an_event_that_counts_in_both_positions_costs_its_points_once() -> None:
    """One event of 5 takes 5 off the total, as it does in one position; its weight is the mean of the two."""
    half = read_scheme(
        {
            "items": [
                item("overdue", 5000, {"kind": "deduction", "each": "5"}),
                item("sales", 5000, RATIO, default_target="100"),
            ]
        }
    )
    for schemes, total in (
        ({people.ONE: people.EVENTS, people.OTHER: people.EVENTS}, "95.00"),  # of 100: 5
        ({people.ONE: half, people.OTHER: people.EVENTS}, "96.00"),  # 0.4 × 2.5 + 0.6 × 5
    ):
        who = people.person(*halves(people.ONE, people.OTHER))
        numbers = {"overdue": "1", "sales": "100"}
        found = {question: people.known(Decimal(numbers[question.metric])) for _, question in who.questions(schemes)}
        result = people.scored(who, found, schemes)
        assert result.total == Decimal(total)
        explained = explain(ShownAgain(result, schemes).segments, rubric=half.rubric, final=True)
        assert explained["total"] == total


def test_a_metric_of_one_position_is_asked_for_in_proportion_to_it() -> None:
    """A full-time target of 100 asks 60 of who gives it 60 % of full time, where the cycle prorates by FTE."""
    sales = read_scheme({"items": [item("sales", 10_000, RATIO)]})
    schemes = {people.ONE: people.EVENTS, people.OTHER: sales}
    who = replace(
        people.person(*halves(people.ONE, people.OTHER)),
        targets={people.PERSON: {"sales": Asked(Decimal(100))}},
        prorating=Prorating(120, "prorate"),
    )
    result = people.scored(who, people.answers(who, schemes, "0", "60"), schemes)
    assert result.total == Decimal("100.00")
