"""Exact decimals: what is accepted, how it rounds, and division without a remainder."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.decimals import (
    from_scaled,
    largest_remainder,
    parse_decimal,
    plain,
    positional,
    round_half_up,
    shortest,
    to_scaled,
)
from shared.core.errors import Invalid

money = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=1000, places=3), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number_invalid"),
        ("abc", "number_invalid"),
        ("NaN", "number_invalid"),
        ("-Infinity", "number_invalid"),
        ("1e15", "number_too_large"),
        ("-1000000000000000", "number_too_large"),
        ("0.00000000001", "number_too_precise"),
        ("9" * 400, "number_too_large"),
        ("1e999", "number_too_large"),
        ("1e1000000", "number_invalid"),
        ("1e-99999999999999999999", "number_invalid"),
        ("0." + "0" * 60 + "1", "number_too_large"),
        ("1_000", "number_invalid"),
        ("１２", "number_invalid"),
        ("٣", "number_invalid"),
    ],
)
def test_a_wrong_number_is_refused_where_it_stands(text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_decimal(text, pointer="/items/3/value")
    assert caught.value.code == code
    assert caught.value.violations[0].pointer == "/items/3/value"


@pytest.mark.parametrize("text", ["0", "1.50", "-3.1415926535", "1e3", " 42 ", "999999999999999.9999999999"])
def test_a_right_number_is_read_exactly(text: str) -> None:
    assert parse_decimal(text, pointer="") == Decimal(text)


@pytest.mark.parametrize(("value", "rounded"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("2.675", "2.68"), ("1", "1")])
def test_ties_round_away_from_zero(value: str, rounded: str) -> None:
    assert round_half_up(Decimal(value), 2) == Decimal(rounded)


def test_a_fraction_is_rounded_once() -> None:
    """Cut to 28 digits first, as decimals divide, these would lie on the tie, and go away from zero."""
    below = Fraction(1, 2) - Fraction(1, 10**40)
    assert [round_half_up(each, 0) for each in (below, -below, Fraction(1, 2), Fraction(-1, 2))] == [0, 0, 1, -1]


@given(st.fractions(min_value=-(10**6), max_value=10**6))
def test_fractions_and_decimals_round_alike(value: Fraction) -> None:
    exact = Fraction(int(value * 10**6), 10**6)
    assert round_half_up(exact, 2) == round_half_up(Decimal(exact.numerator) / exact.denominator, 2)


@given(money)
def test_scaling_and_back_changes_nothing(value: Decimal) -> None:
    assert from_scaled(to_scaled(value, 2), 2) == value


@given(money, weights)
def test_parts_sum_to_the_whole(total: Decimal, shares: list[Decimal]) -> None:
    assert sum(largest_remainder(total, shares)) == total


@given(money, weights)
def test_no_part_is_a_cent_away_from_its_exact_share(total: Decimal, shares: list[Decimal]) -> None:
    whole = sum(shares)
    for part, share in zip(largest_remainder(total, shares), shares, strict=True):
        assert abs(part * whole - total * share) < Decimal("0.01") * whole


def test_a_third_of_ten_million() -> None:
    parts = largest_remainder(Decimal(10_000_000), [Decimal(1)] * 3)
    assert parts == [Decimal("3333333.34"), Decimal("3333333.33"), Decimal("3333333.33")]


@pytest.mark.parametrize("shares", [[], [Decimal(0)], [Decimal(1), Decimal(-1)]])
def test_nothing_to_share_by_is_refused(shares: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="weights"):
        largest_remainder(Decimal(1), shares)


def test_a_total_finer_than_its_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="decimal places"):
        largest_remainder(Decimal("0.001"), [Decimal(1)])


@pytest.mark.parametrize(("value", "text"), [("1E+3", "1000"), ("1.500", "1.5"), ("-0.0", "0"), ("0.10", "0.1")])
def test_plain_text(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
    assert str(shortest(Decimal(value))) == text


@pytest.mark.parametrize(
    ("value", "text"), [("1E+3", "1000"), ("64.00", "64.00"), ("1E-7", "0.0000001"), ("-2.50E-8", "-0.0000000250")]
)
def test_positional_text_keeps_the_zeros(value: str, text: str) -> None:
    assert positional(Decimal(value)) == text
