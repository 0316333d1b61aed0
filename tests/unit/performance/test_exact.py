"""Columns of rationals agree with `Fraction`, in and beyond int64."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from operator import add, mul, sub, truediv
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.performance.domain.exact import Rationals, assemble, integers
from tests.oracle.rules import half_up

numbers = st.one_of(
    st.fractions(min_value=-1000, max_value=1000, max_denominator=1000),
    st.integers(min_value=-(2**70), max_value=2**70).map(Fraction),
    st.decimals(min_value=-(10**15), max_value=10**15, places=10).map(Fraction),
)
pairs = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8)


def columns(found: list[tuple[Fraction, Fraction]]) -> tuple[Rationals, Rationals]:
    left, right = zip(*found, strict=True)
    return Rationals.of(*left), Rationals.of_each(right)


@given(pairs, st.sampled_from([add, sub, mul]))
def test_arithmetic_is_exact(found: list[tuple[Fraction, Fraction]], operation: Callable[[Any, Any], Any]) -> None:
    left, right = columns(found)
    results = operation(left, right)
    assert [results.fraction(row) for row in range(len(found))] == [operation(a, b) for a, b in found]


@given(pairs.filter(lambda found: all(b for _, b in found)))
def test_division_is_exact(found: list[tuple[Fraction, Fraction]]) -> None:
    left, right = columns(found)
    results = truediv(left, right)
    assert [results.fraction(row) for row in range(len(found))] == [a / b for a, b in found]


@given(pairs, st.integers(min_value=0, max_value=10))
def test_rounding_is_half_up_at_any_place(found: list[tuple[Fraction, Fraction]], places: int) -> None:
    _, column = columns(found)
    assert [Fraction(int(n), 10**places) for n in column.rounded(places)] == [half_up(b, places) for _, b in found]


@given(pairs)
def test_order_and_limits(found: list[tuple[Fraction, Fraction]]) -> None:
    left, right = columns(found)
    assert left.less(right).tolist() == [a < b for a, b in found]
    low, high = left.at_most(right), left.at_least(right)
    assert [low.fraction(row) for row in range(len(found))] == [min(a, b) for a, b in found]
    assert [high.fraction(row) for row in range(len(found))] == [max(a, b) for a, b in found]
    assert left.sign().tolist() == [(a > 0) - (a < 0) for a, _ in found]


@given(pairs)
def test_steps_to_whole_numbers(found: list[tuple[Fraction, Fraction]]) -> None:
    _, column = columns(found)
    floors, ceilings = column.quantised("floor"), column.quantised("ceil")
    for row, (_, value) in enumerate(found):
        assert floors.fraction(row) == value.__floor__()
        assert ceilings.fraction(row) == value.__ceil__()
        assert column.quantised("exact").fraction(row) == value


def test_a_tie_rounds_away_from_zero_on_both_sides() -> None:
    assert Rationals.of(Decimal("0.125"), Decimal("-0.125")).rounded(2).tolist() == [13, -13]


def test_everyday_sizes_stay_in_int64_and_huge_ones_leave_it() -> None:
    everyday = Rationals.of_scaled(np.array([1_260_000_00, 1_150_000_50]), 2) / Rationals.of(1_200_000)
    assert everyday.num.dtype == np.int64
    huge = Rationals.of(Decimal("999999999999.123456")) * Rationals.of(Decimal("999999999999.654321"))
    assert huge.fraction() == Fraction("999999999999.123456") * Fraction("999999999999.654321")
    assert huge.num.dtype == object


def test_division_by_zero_is_refused_and_never_a_number() -> None:
    with pytest.raises(ZeroDivisionError):
        _ = Rationals.of(1, 2) / Rationals.of(1, 0)


def test_scaled_integers_lose_the_zeros_they_share() -> None:
    column = Rationals.of_scaled(integers([12_500_000_000, 5_000_000_000]), 10)
    assert (column.num.tolist(), column.den.tolist()) == ([5, 2], [4])


def test_rows_that_no_part_names_are_zero() -> None:
    column = assemble(3, [(np.array([2]), Rationals.of(Fraction(1, 3)))])
    assert [column.fraction(row) for row in range(3)] == [0, 0, Fraction(1, 3)]
