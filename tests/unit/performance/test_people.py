"""People with several segments: what each line says, what a result is fingerprinted by, what acts on the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.explaining.shown import Shown
from services.performance.domain.schemes.assignment import Place, Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.people import input_hash, score_people
from services.performance.domain.scoring.proration import Prorating
from services.performance.domain.scoring.scorecard import Result
from services.performance.domain.scoring.scoree import Answers, Question, Scoree
from services.performance.domain.scoring.states import ItemCode, ItemState
from services.performance.domain.scoring.timeline import Stretch
from shared.core.periods import Period
from tests.unit.performance.samples import RATIO, item, read_scheme

PERSON, COMPANY, DEPARTMENT, POSITION = (UUID(int=number) for number in range(1, 5))
ONE, OTHER = (UUID(int=11), 1), (UUID(int=12), 1)
NEW_YEAR, APRIL, MAY, JULY = (date(2026, month, 1) for month in (1, 4, 5, 7))
SALES_ALONE = read_scheme({"items": [item("sales", 10_000, RATIO, default_target="100")]})
EVENTS = read_scheme({"items": [item("overdue", 10_000, {"kind": "deduction", "each": "5"})]})
KNOWN: Mapping[Version, Scheme] = {ONE: SALES_ALONE, OTHER: EVENTS}


def stretch(version: Version, starts_on: date, ends_on: date, workdays: int = 60) -> Stretch:
    return Stretch(Period(starts_on, ends_on), Place(DEPARTMENT, POSITION, *version), workdays)


def person(*stretches: Stretch, **more: Any) -> Scoree:
    weights: tuple[Mapping[str, int], ...] = tuple({} for _ in stretches)
    place = stretches[-1].place
    return Scoree(PERSON, COMPANY, place, stretches, weights, {}, Prorating(120), **more)


def answers(who: Scoree, schemes: Mapping[Version, Scheme], *numbers: str) -> Answers:
    questions: Sequence[Question] = [question for _, question in who.questions(schemes)]
    return {question: known(Decimal(number)) for question, number in zip(questions, numbers, strict=True)}


def known(number: Decimal) -> Actual:
    return Actual(ItemState.VALUE if number else ItemState.ZERO, number)


def scored(who: Scoree, found: Answers, schemes: Mapping[Version, Scheme] = KNOWN) -> Result:
    (result,) = score_people([who], found, schemes=schemes, final=True)
    return result


def test_a_fingerprint_tells_apart_whatever_a_result_depends_on() -> None:
    who = person(stretch(ONE, NEW_YEAR, APRIL), stretch(OTHER, APRIL, JULY))
    result = scored(who, answers(who, KNOWN, "50", "1"))
    missing, unpriced = (
        scored(who, dict.fromkeys(answers(who, KNOWN, "50", "1"), Actual(ItemState.PENDING, None, code)))
        for code in (ItemCode.INCOMPLETE, ItemCode.RATE_MISSING)
    )
    moved = [replace(result.segments[0], period=Period(NEW_YEAR, date(2026, 3, 31))), result.segments[1]]
    results = [result, replace(result, segments=tuple(moved)), replace(result, workdays=121), missing, unpriced]
    marks = [input_hash(who.place, each, final=True, minimum_workdays=0) for each in results]
    marks += [input_hash(who.place, result, final=False, minimum_workdays=0)]
    marks += [input_hash(who.place, result, final=True, minimum_workdays=1)]
    assert len(set(marks)) == len(marks)
    assert marks[0] == input_hash(who.place, result, final=True, minimum_workdays=0)


def test_an_event_costs_the_same_where_nothing_of_another_segment_applies() -> None:
    schemes = {**KNOWN, ONE: SALES_ALONE}
    days = (stretch(ONE, NEW_YEAR, APRIL), stretch(OTHER, APRIL, JULY))
    who = person(*days, inapplicable=("sales",))
    result = scored(who, answers(who, schemes, "0", "1"), schemes)
    assert (result.state, result.total) == ("complete", Decimal("95.00"))
    shown = Shown(result, schemes)
    assert [line.share for segment in shown.segments for line in segment.items.values()][1] == 1


def test_below_the_floor_of_a_short_segment_an_event_costs_no_more() -> None:
    """Points are clamped in each segment: one event of 20 in 12 of 120 days takes these to 0, and no more."""
    twenty = read_scheme({"items": [item("overdue", 10_000, {"kind": "deduction", "each": "20"})]})
    schemes = {ONE: twenty, OTHER: twenty}
    who = person(stretch(ONE, NEW_YEAR, APRIL, 12), stretch(OTHER, APRIL, JULY, 108))
    assert scored(who, answers(who, schemes, "1", "0"), schemes).total == Decimal("90.00")
    assert scored(who, answers(who, schemes, "0", "1"), schemes).total == Decimal("80.00")


def test_what_acts_on_the_whole_counts_from_the_first_day_to_the_last() -> None:
    """Of days on which the person was gone too: whatever is credited then counts, and nothing more is asked."""
    bonus = {
        "key": "bonus", "name": "Bonus", "metric": "sales", "full_mark": "5", "default_target": "120",
        "rule": {"kind": "binary"},
    }  # fmt: skip
    scheme = read_scheme({"items": [item("sales", 10_000, RATIO, default_target="100")], "bonuses": [bonus]})
    schemes = {ONE: scheme}
    who = person(stretch(ONE, NEW_YEAR, APRIL, 40), stretch(ONE, MAY, JULY, 20))
    asked = [question.period for _, question in who.questions(schemes)]
    assert asked == [Period(NEW_YEAR, APRIL), Period(MAY, JULY), Period(NEW_YEAR, JULY)]
    totals = [scored(who, answers(who, schemes, "25", "10", credited), schemes).total for credited in ("59", "60")]
    assert totals == [Decimal("70.00"), Decimal("75.00")]
