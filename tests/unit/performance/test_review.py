"""Reports on scorecards of several segments: whose grades name the grade, and what reaching a target is worth."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.reports.review import review
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.scorecard import Result, Scorecard
from tests.unit.performance import test_people as people
from tests.unit.performance.samples import RATIO, item, read_scheme

AT = datetime(2026, 7, 2, tzinfo=UTC)
PASSED = [{"key": "passed", "name": {"zh": "通过", "en": "Passed"}, "at_least": None}]
HALF = {"items": [item("sales", 5000, RATIO, default_target="100"), item("conversion_rate", 5000, RATIO)]}
ALONE = {"items": [item("sales", 10_000, RATIO, default_target="100")]}


def reported(schemes: Mapping[Version, Scheme], result: Result) -> Mapping[str, Any]:
    place = result.segments[-1].place
    card = Scorecard(UUID(int=31), UUID(int=32), people.PERSON, place, "published", 1, result, "", AT, AT, AT, AT)
    (report,) = review([card], schemes=schemes, past={}, recommendations=(), at=AT)
    return report.document


def after_a_transfer(schemes: Mapping[Version, Scheme], *, first: int = 80) -> Result:
    """Sell 50 of what is asked, first for `first` of 120 days, then for the others."""
    days = [
        people.stretch(people.ONE, people.NEW_YEAR, people.APRIL, first),
        people.stretch(people.OTHER, people.APRIL, people.JULY, 120 - first),
    ]
    who = people.person(*days, inapplicable=("conversion_rate",))
    asked = [question for _, question in who.questions(schemes)]
    numbers = {people.NEW_YEAR: Decimal(first) * 50 / 120, people.APRIL: Decimal(120 - first) * 50 / 120}
    return people.scored(who, {each: people.known(numbers[each.period.starts_on]) for each in asked}, schemes)


def test_the_scheme_that_grades_the_whole_names_the_grade() -> None:
    """Whichever scheme has the most days."""
    schemes = {people.ONE: read_scheme(ALONE), people.OTHER: read_scheme({**ALONE, "grades": PASSED})}
    result = after_a_transfer(schemes)
    assert (result.total, result.grade) == (Decimal("50.00"), "passed")
    assert reported(schemes, result)["summary"]["en"] == "Total 50.00, grade Passed."


def test_reaching_a_target_is_worth_what_it_adds_to_the_total() -> None:
    """50 points more on 80 of 120 days are 33.33; of what is left where half of the weight is taken out as well."""
    for document in (ALONE, HALF):
        schemes = {people.ONE: read_scheme(document), people.OTHER: read_scheme(ALONE)}
        (advice,) = reported(schemes, after_a_transfer(schemes))["directions"]
        assert (advice["key"], advice["gap"]) == ("sales", "33.333333")
    whole = people.person(people.stretch(people.ONE, people.NEW_YEAR, people.JULY, 120))
    alone = {people.ONE: read_scheme(ALONE)}
    only = people.scored(whole, people.answers(whole, alone, "50"), alone)
    assert reported(alone, only)["directions"][0]["gap"] == "50"
