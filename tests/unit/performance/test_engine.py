"""The engine agrees with a slow reference in fractions, one by one and all at once, in any partition into segments."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.performance.domain.schemes.rubric import Rubric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.cards import CardScore, ItemInput, SegmentInput, columns_of, score_cards
from services.performance.domain.scoring.engine import score, score_segment
from services.performance.domain.scoring.states import CardState
from tests.oracle import rules as reference
from tests.unit.performance.samples import RATING, RATIO, given, item, measured, read_scheme, sales_scheme, single
from tests.unit.performance.strategies import actuals, ruled, shares, targets

Person = tuple[Decimal, Decimal, Fraction, Fraction]
people = st.lists(st.tuples(actuals, targets, shares, shares), min_size=1, max_size=6)
OPEN = Rubric(floor=None, cap=None)


def on_scale(rule: Mapping[str, Any], actual: Decimal) -> Decimal:
    """Bring an actual onto the scale of a rating, and leave any other alone."""
    if rule["kind"] != "rating":
        return actual
    low, high = (Decimal(1), Decimal(5)) if "scale" in rule else (Decimal(1), Decimal(10))
    return low + abs(actual) % (high - low)


def expected_points(rule: Mapping[str, Any], person: Person, *, metric: str) -> Fraction:
    actual, target, *parts = person
    share, own_share = parts if metric != "teamwork" else (Fraction(1), Fraction(1))
    case = reference.Case(
        Fraction(actual),
        Fraction(target),
        s=Fraction(100),
        lower=metric == "overdue",
        share=share,
        own_share=own_share,
    )
    exact = reference.points(rule, case)
    return reference.half_up(exact, 6)


def card(scheme: Scheme, metric: str, person: Person) -> list[SegmentInput]:
    actual, target, proration, share = person
    return [SegmentInput(scheme, {metric: ItemInput(measured(str(actual)), target, proration=proration, share=share)})]


@hypothesis_given(ruled, people)
def test_points_equal_the_reference(found: tuple[str, Mapping[str, Any]], persons: list[Person]) -> None:
    metric, rule = found
    scheme = single(rule, metric=metric)
    persons = [(on_scale(rule, person[0]), *person[1:]) for person in persons]
    scored = score_cards([card(scheme, metric, person) for person in persons], rubric=scheme.rubric, final=True)
    for person, card_score in zip(persons, scored, strict=True):
        points = expected_points(rule, person, metric=metric)
        assert Fraction(card_score.segments[0][0].points or 0) == points
        assert Fraction(card_score.total or 0) == max(reference.half_up(points, 2), 0)


@hypothesis_given(ruled, people)
def test_one_by_one_equals_all_at_once(found: tuple[str, Mapping[str, Any]], persons: list[Person]) -> None:
    metric, rule = found
    scheme = single(rule, metric=metric)
    cards = [card(scheme, metric, person) for person in persons]
    together = score_cards(cards, rubric=scheme.rubric, final=True)
    assert together == [one for each in cards for one in score_cards([each], rubric=scheme.rubric, final=True)]


@st.composite
def weighted(draw: st.DrawFn) -> tuple[int, int, int]:
    first, second = sorted(draw(st.sets(st.integers(min_value=1, max_value=9999), min_size=2, max_size=2)))
    return first, second - first, 10_000 - second


@st.composite
def stretches(draw: st.DrawFn) -> tuple[tuple[int, int, int], str, str, str, int]:
    sales, rate, rating = draw(st.integers(0, 4_000_000)), draw(st.integers(0, 10_000)), draw(st.integers(0, 10_000))
    days = draw(st.integers(min_value=1, max_value=130))
    return draw(weighted()), str(sales), str(Decimal(rate) / 10_000), str(Decimal(rating) / 100), days


def stretch_input(scheme: Scheme, stretch: tuple[tuple[int, int, int], str, str, str, int]) -> SegmentInput:
    (w_sales, w_rate, w_rating), sales, rate, rating, days = stretch
    items = {
        "sales": given(sales, weight=w_sales),
        "conversion_rate": given(rate, weight=w_rate),
        "teamwork": given(rating, weight=w_rating),
    }
    return SegmentInput(scheme, items, workdays=days)


def reference_sum(segment: Sequence[tuple[int, Decimal | None]], *, follow: bool) -> Fraction:
    return reference.total([(Fraction(points or 0), weight) for weight, points in segment], follow_weight=follow)


@hypothesis_given(st.lists(stretches(), min_size=1, max_size=5), st.sampled_from(["item", "weight"]))
def test_segments_combine_by_workdays_before_the_only_rounding(found: list[Any], basis: str) -> None:
    scheme = sales_scheme(basis)
    segments = [stretch_input(scheme, stretch) for stretch in found]
    (scored,) = score_cards([segments], rubric=OPEN, final=True)
    days = sum(segment.workdays for segment in segments)
    sums = [
        reference_sum([(line.weight, line.points) for line in lines], follow=basis == "weight") * segment.workdays
        for lines, segment in zip(scored.segments, segments, strict=True)
    ]
    assert Fraction(scored.total or 0) == reference.half_up(sum(sums, Fraction(0)) / days, 2)


@hypothesis_given(stretches(), st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=6))
def test_any_partition_of_an_unchanged_stretch_gives_the_same_total(stretch: Any, days: list[int]) -> None:
    scheme = sales_scheme()
    whole = stretch_input(scheme, stretch)
    parts = [SegmentInput(scheme, whole.items, workdays=part) for part in days]
    (one,), (many,) = (score_cards([each], rubric=scheme.rubric, final=True) for each in ([whole], parts))
    assert (one.total, one.grade, one.state) == (many.total, many.grade, many.state)


def test_people_with_different_numbers_of_segments_and_schemes_are_scored_together() -> None:
    first, second = sales_scheme(), single({"kind": "rating"}, metric="teamwork")
    full = {"sales": given("1000000"), "conversion_rate": given("0.2"), "teamwork": given("100")}
    moved = [SegmentInput(first, full, workdays=1), SegmentInput(second, {"teamwork": given("100")}, workdays=2)]
    stayed = [SegmentInput(first, full, workdays=3)]
    scored = score_cards([moved, stayed], rubric=first.rubric, final=True)
    assert [each.total for each in scored] == [Decimal("92.00"), Decimal("76.00")]
    assert [[len(lines) for lines in each.segments] for each in scored] == [[3, 1], [3]]


def test_each_card_shows_its_segments_in_order_whatever_schemes_others_had() -> None:
    """Two come from different schemes into the same one."""
    schemes = [
        single(rule, metric=metric)
        for metric, rule in (("sales", RATIO), ("conversion_rate", RATIO), ("teamwork", RATING))
    ]
    numbers = {"sales": given("50", "100"), "conversion_rate": given("0.1", "0.2"), "teamwork": given("85")}
    first, second, last = (SegmentInput(each, {each.items[0].key: numbers[each.items[0].key]}) for each in schemes)
    scored = score_cards([[first, last], [second, last]], rubric=schemes[-1].rubric, final=True)
    keys = [[line.key for lines in card.segments for line in lines] for card in scored]
    assert keys == [["sales", "teamwork"], ["conversion_rate", "teamwork"]]


def test_below_the_minimum_of_days_a_person_is_ungraded() -> None:
    scheme = single({"kind": "rating"}, metric="teamwork")
    segment = SegmentInput(scheme, {"teamwork": given("95")}, workdays=9)
    ungraded, graded = (
        score_cards([[segment]], rubric=scheme.rubric, final=True, minimum_workdays=least)[0] for least in (10, 9)
    )
    assert (ungraded.state, ungraded.total, ungraded.grade) == (CardState.UNGRADED, None, None)
    assert (graded.state, graded.grade) == (CardState.COMPLETE, "excellent")


def test_a_million_million_with_six_decimals_is_exact() -> None:
    scheme = single({"kind": "ratio", "form": "direct", "cap": "1000000"})
    actual, target = Decimal("999999999999.999999"), Decimal("777777777777.777777")
    scored = score_cards(
        [card(scheme, "sales", (actual, target, Fraction(61, 122), Fraction(1)))], rubric=OPEN, final=True
    )
    exact = 100 * Fraction(actual) / (Fraction(target) / 2)
    assert Fraction(scored[0].segments[0][0].points or 0) == reference.half_up(exact, 6)


def test_one_huge_value_leaves_its_neighbours_as_they_were() -> None:
    scheme = single({"kind": "ratio", "form": "direct"})
    plain = [(Decimal(n) * 1000, Decimal(777_777), Fraction(1), Fraction(1)) for n in range(1, 50)]
    cards = [card(scheme, "sales", person) for person in plain]
    outlier = card(
        scheme, "sales", (Decimal("123456789012345.6789"), Decimal("999999999999.000001"), Fraction(1), Fraction(1))
    )
    assert score_cards([*cards, outlier], rubric=OPEN, final=True)[:-1] == score_cards(cards, rubric=OPEN, final=True)


def test_columns_give_what_rows_give() -> None:
    scheme = sales_scheme()
    segments = [
        SegmentInput(
            scheme, {"sales": given(str(n * 37_000)), "conversion_rate": given("0.13"), "teamwork": given("71")}
        )
        for n in range(60)
    ]
    columns = score(scheme, columns_of(segments), final=True)
    rows = score_cards([[segment] for segment in segments], rubric=scheme.rubric, final=True)
    assert columns.shown.totals.tolist() == [int((each.total or 0) * 100) for each in rows]
    assert [scheme.rubric.grades[at].key for at in columns.shown.grades] == [each.grade for each in rows]


def test_weights_that_do_not_make_a_whole_are_a_programming_error() -> None:
    scheme = sales_scheme()
    items = {key: given("1", weight=3000) for key in scheme.weights}
    with pytest.raises(ValueError, match="10000"):
        score_segment(scheme, columns_of([SegmentInput(scheme, items)]), final=True)


def test_total_floor_and_cap_come_before_the_rounding() -> None:
    rule = {"kind": "ratio", "form": "direct", "cap": "120"}
    document = {"items": [item("sales", 10_000, rule)], "total_cap": "100.505", "total_floor": "10"}
    scheme = read_scheme(document)
    cards = [[SegmentInput(scheme, {"sales": given(actual, "100")})] for actual in ("130", "100.4", "2")]
    totals = [str(each.total) for each in score_cards(cards, rubric=scheme.rubric, final=True)]
    assert totals == ["100.51", "100.40", "10.00"]


def test_no_card_no_work() -> None:
    empty: list[CardScore] = score_cards([], rubric=OPEN, final=True)
    assert empty == []
