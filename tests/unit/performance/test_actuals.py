"""Aggregates become actuals: missing, pending and zero stay three different things."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.performance.domain.exact import Rationals, integers
from services.performance.domain.scoring.actuals import (
    Actual,
    Aggregates,
    actual_of,
    actuals_of,
    is_complete,
)
from services.performance.domain.scoring.states import ItemCode, ItemState
from shared.core.periods import Period
from tests.oracle.rules import half_up
from tests.unit.performance.samples import METRICS, SALES, read_metric

HALF_YEAR = Period(date(2026, 1, 1), date(2026, 7, 1))
NOTHING = Decimal(0)


def of(aggregation: str, rows: int, value: str, *, complete: bool) -> Actual:
    metric = read_metric({**SALES, "aggregation": aggregation})
    return actual_of(metric, [(rows, Decimal(value), complete)])


@pytest.mark.parametrize("aggregation", ["sum", "count"])
def test_no_rows_are_zero_only_where_the_source_is_complete(aggregation: str) -> None:
    assert of(aggregation, 0, "0", complete=True) == Actual(ItemState.ZERO, NOTHING, ItemCode.NO_ROWS)
    assert of(aggregation, 0, "0", complete=False) == Actual(ItemState.PENDING, None, ItemCode.INCOMPLETE)


@pytest.mark.parametrize("aggregation", ["mean", "last", "max", "min", "rating"])
def test_no_rows_of_a_gauge_or_rating_are_never_zero(aggregation: str) -> None:
    assert of(aggregation, 0, "0", complete=True) == Actual(ItemState.MISSING, None, ItemCode.NO_ROWS)
    assert of(aggregation, 0, "0", complete=False) == Actual(ItemState.PENDING, None, ItemCode.INCOMPLETE)


def test_rows_count_before_the_source_is_complete() -> None:
    assert of("sum", 2, "1999.50", complete=False) == Actual(ItemState.VALUE, Decimal("1999.50"))


def test_rows_that_cancel_out_are_a_known_zero() -> None:
    assert of("sum", 2, "0", complete=False) == Actual(ItemState.ZERO, NOTHING)


def test_a_sum_may_be_negative() -> None:
    assert of("sum", 1, "-12.5", complete=True) == Actual(ItemState.VALUE, Decimal("-12.5"))


@pytest.mark.parametrize("aggregation", ["mean", "rating"])
def test_a_mean_is_rounded_half_up_to_ten_places(aggregation: str) -> None:
    assert of(aggregation, 3, "200", complete=True).value == Decimal("66.6666666667")
    assert of(aggregation, 8, "0.000000001", complete=True).value == Decimal("0.0000000001")


def test_an_absurd_sum_is_an_error_of_the_item() -> None:
    assert of("sum", 2, "1e15", complete=True) == Actual(ItemState.ERROR, None, ItemCode.VALUE_OUT_OF_RANGE)
    assert of("sum", 2, "-1e15", complete=True).state is ItemState.ERROR
    assert of("sum", 2, "999999999999999.99", complete=True).state is ItemState.VALUE


Side = tuple[int, Decimal, bool]


@pytest.mark.parametrize(
    ("won", "created", "outcome"),
    [
        ((11, Decimal(11), True), (100, Decimal(100), True), Actual(ItemState.VALUE, Decimal("0.11"))),
        ((0, NOTHING, True), (100, Decimal(100), True), Actual(ItemState.ZERO, NOTHING)),
        ((0, NOTHING, False), (100, Decimal(100), True), Actual(ItemState.PENDING, None, ItemCode.INCOMPLETE)),
        ((0, NOTHING, True), (0, NOTHING, True), Actual(ItemState.MISSING, None, ItemCode.DENOMINATOR_ZERO)),
        ((3, Decimal(3), True), (0, NOTHING, True), Actual(ItemState.MISSING, None, ItemCode.DENOMINATOR_ZERO)),
        ((0, NOTHING, True), (0, NOTHING, False), Actual(ItemState.PENDING, None, ItemCode.INCOMPLETE)),
        ((1, Decimal(1), False), (3, Decimal(3), False), Actual(ItemState.VALUE, Decimal("0.3333333333"))),
    ],
)
def test_a_ratio_divides_once_and_is_nothing_over_nothing(won: Side, created: Side, outcome: Actual) -> None:
    assert actual_of(METRICS["conversion_rate"], [won, created]) == outcome


sides = st.tuples(st.integers(0, 3), st.decimals(-(10**12), 10**12, places=6), st.booleans()).map(
    lambda side: side if side[0] else (0, NOTHING, side[2])
)


@given(
    st.lists(st.tuples(sides, sides), min_size=1, max_size=8), st.sampled_from(["conversion_rate", "teamwork", "sales"])
)
def test_a_column_equals_one_by_one(people: list[tuple[Side, Side]], key: str) -> None:
    metric = METRICS[key]
    columns = [
        Aggregates(
            integers(person[at][0] for person in people),
            Rationals.of(*(person[at][1] for person in people)),
            np.array([person[at][2] for person in people]),
        )
        for at in range(len(metric.sides))
    ]
    together = actuals_of(metric, columns).each()
    for found, person in zip(together, people, strict=True):
        alone = actual_of(metric, person[: len(metric.sides)])
        assert found == alone
        if alone.state is ItemState.VALUE:
            over = {"sales": Decimal(1), "teamwork": Decimal(person[0][0]), "conversion_rate": person[1][1]}[key]
            assert Fraction(alone.value or 0) == half_up(Fraction(person[0][1]) / Fraction(over), 10)


@pytest.mark.parametrize(
    ("through", "today", "complete"),
    [
        (None, date(2026, 3, 1), False),
        (date(2026, 2, 28), date(2026, 3, 1), False),
        (date(2026, 3, 1), date(2026, 3, 1), True),
        (date(2026, 6, 29), date(2026, 8, 1), False),
        (date(2026, 6, 30), date(2026, 8, 1), True),
    ],
)
def test_a_watermark_covers_today_or_the_period_s_last_day(through: date | None, today: date, complete: bool) -> None:  # noqa: FBT001
    assert is_complete(through, period=HALF_YEAR, today=today) is complete
