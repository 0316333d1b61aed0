"""Numbers worked by hand: the definitions' own examples and three sellers through a half-year."""

from decimal import Decimal

import pytest

from services.performance.domain.scoring.cards import SegmentInput, on_target_points, on_target_score, score_cards
from tests.unit.performance.samples import RATING, STEPS, given, points_of, sales_scheme, score_one, single

ABOVE = {"sales": given("1250000"), "conversion_rate": given("0.18"), "teamwork": given("85")}


@pytest.mark.parametrize(("basis", "total"), [("item", "73.90"), ("weight", "99.50")])
def test_the_same_actuals_on_either_basis(basis: str, total: str) -> None:
    scheme = sales_scheme(basis)
    assert score_one(scheme, ABOVE).total == Decimal(total)


def test_item_points_before_and_after_weighting() -> None:
    lines = score_one(sales_scheme(), ABOVE).segments[0]
    assert [(line.points, line.weighted) for line in lines] == [
        (Decimal(64), Decimal("38.4")),
        (Decimal(90), Decimal(27)),
        (Decimal(85), Decimal("8.5")),
    ]


def test_points_that_follow_the_weight() -> None:
    lines = score_one(sales_scheme("weight"), ABOVE).segments[0]
    assert [line.points for line in lines] == [Decimal(64), Decimal(27), Decimal("8.5")]


@pytest.mark.parametrize(("basis", "total"), [("item", "76.00"), ("weight", "100.00")])
def test_the_score_of_reaching_every_target(basis: str, total: str) -> None:
    assert on_target_score(sales_scheme(basis)) == Decimal(total)


def test_what_each_item_earns_on_target() -> None:
    assert on_target_points(sales_scheme()) == {
        "sales": Decimal(60),
        "conversion_rate": Decimal(100),
        "teamwork": Decimal(100),
    }


def test_below_the_anchor_in_proportion() -> None:
    assert points_of(STEPS, "1150000", "1200000") == "57.5"


def test_the_cap_is_reached_at_three_million() -> None:
    assert [points_of(STEPS, actual, "1000000") for actual in ("2999999.99", "3000000", "9000000")] == [
        "98",
        "100",
        "100",
    ]


@pytest.mark.parametrize(
    ("target", "weights", "totals"),
    [
        ("1000000", (6000, 3000, 1000), ("63.40", "81.90", "75.20")),
        ("1200000", (6000, 3000, 1000), ("61.00", "79.50", "72.50")),
        ("1200000", (5000, 4000, 1000), ("60.50", "82.00", "76.75")),
    ],
)
def test_three_sellers(target: str, weights: tuple[int, int, int], totals: tuple[str, str, str]) -> None:
    """Wang, Li and Chen: conversion 0.11, 0.19 and 0.25 against 0.20 are 55, 95 and (capped) 100 points."""
    sellers = [("1260000", "0.11", "85"), ("1730000", "0.19", "90"), ("1150000", "0.25", "80")]
    scheme = sales_scheme().with_weights(dict(zip(("sales", "conversion_rate", "teamwork"), weights, strict=True)))
    cards = [
        [
            SegmentInput(
                scheme,
                {"sales": given(sales, target), "conversion_rate": given(rate), "teamwork": given(rating)},
            )
        ]
        for sales, rate, rating in sellers
    ]
    scored = score_cards(cards, rubric=scheme.rubric, final=True)
    assert tuple(str(card.total) for card in scored) == totals


def test_on_the_weight_basis_points_follow_a_changed_weight() -> None:
    scheme = sales_scheme("weight")
    weights = {"sales": 5000, "conversion_rate": 4000, "teamwork": 1000}
    overridden = score_one(scheme, {key: given(ABOVE[key].actual, weight=weight) for key, weight in weights.items()})
    rewritten = score_one(scheme.with_weights(weights), ABOVE)
    assert [line.points for line in overridden.segments[0]] == [Decimal("53.333333"), Decimal(36), Decimal("8.5")]
    assert overridden.total == rewritten.total == Decimal("97.83")
    assert on_target_score(scheme.with_weights(weights)) == Decimal(100)


@pytest.mark.parametrize(
    ("rating", "total", "grade"),
    [
        ("89.995", "90.00", "excellent"),
        ("89.994999", "89.99", "good"),
        ("59.995", "60.00", "fair"),
        ("0", "0.00", "poor"),
    ],
)
def test_the_grade_follows_the_total_rounded_once(rating: str, total: str, grade: str) -> None:
    card = score_one(single(RATING, metric="teamwork"), {"teamwork": given(rating)})
    assert (str(card.total), card.grade) == (total, grade)
