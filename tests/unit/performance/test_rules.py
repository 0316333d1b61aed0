"""Each kind of rule: its points at the edges, and what becomes of a target it cannot use."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from services.performance.domain.rules import KINDS
from services.performance.domain.scoring.cards import SegmentInput, on_target_score, score_cards
from tests.unit.performance.samples import (
    RATING,
    RATIO,
    STEPS,
    given,
    points_of,
    score_one,
    single,
)

FIXED = {"kind": "bands", "bands": [
    {"from": None, "to": {"value": "0.1"}, "points": "40"},
    {"from": {"value": "0.1"}, "to": {"value": "0.2"}, "points": "70"},
    {"from": {"value": "0.2"}, "to": None, "points": "100"},
]}  # fmt: skip
RELATIVE = {"kind": "bands", "bands": [
    {"to": {"of_target": "0.8"}, "points": "0"},
    {"from": {"of_target": "0.8"}, "to": {"of_target": "1"}, "points": "60"},
    {"from": {"of_target": "1"}, "points": "100"},
]}  # fmt: skip


@pytest.mark.parametrize(
    ("above", "below", "actual", "points"),
    [
        ("floor", "exact", "1099999.99", "60"),
        ("floor", "exact", "1100000", "62"),
        ("ceil", "exact", "1000000.01", "62"),
        ("exact", "exact", "1050000", "61"),
        ("floor", "floor", "900000.01", "60"),
        ("floor", "ceil", "999999.99", "54"),
        ("floor", "exact", "500000", "30"),
        ("floor", "exact", "-1", "0"),
    ],
)
def test_steps_quantise_each_side_as_stated(above: str, below: str, actual: str, points: str) -> None:
    rule = {**STEPS, "quantise_above": above, "quantise_below": below}
    assert points_of(rule, actual, "1000000") == points


def test_steps_take_an_explicit_number_off_for_each_unit_short() -> None:
    rule = {**STEPS, "down": "5", "quantise_below": "floor", "floor": "40"}
    assert [points_of(rule, actual, "1000000") for actual in ("850000", "800000", "100000")] == ["55", "50", "40"]


def test_steps_of_a_lower_is_better_metric_reward_what_lies_below_the_anchor() -> None:
    rule = {**STEPS, "unit": {"value": "10"}}
    found = [points_of(rule, actual, "100", metric="overdue") for actual in ("80", "100", "150", "200")]
    assert found == ["64", "60", "30", "0"]


def test_anchor_and_unit_follow_the_target_where_they_are_relative() -> None:
    rule = {**STEPS, "anchor": {"of_target": "0.8"}, "unit": {"of_target": "0.1"}}
    assert [points_of(rule, "1000", target) for target in ("1000", "1250")] == ["64", "60"]


def test_steps_with_an_absolute_anchor_need_no_target() -> None:
    assert points_of({**STEPS, "anchor": {"value": "1000000"}}, "1250000") == "64"


@pytest.mark.parametrize(
    ("form", "metric", "actual", "points"),
    [
        ("direct", "sales", "50", "50"),
        ("direct", "sales", "-50", "0"),
        ("direct", "sales", "200", "100"),
        ("complement", "overdue", "50", "100"),
        ("complement", "overdue", "150", "50"),
        ("complement", "overdue", "250", "0"),
        ("inverse", "overdue", "200", "50"),
        ("inverse", "overdue", "0", "100"),
        ("inverse", "overdue", "-7", "100"),
        ("inverse", "overdue", "0.0000000001", "100"),
    ],
)
def test_ratio_and_its_two_reverses(form: str, metric: str, actual: str, points: str) -> None:
    assert points_of({"kind": "ratio", "form": form}, actual, "100", metric=metric) == points


BASELINE = {"kind": "interpolation", "baseline": {"value": "20"}}
EFFICACY = {"kind": "efficacy", "unacceptable": {"value": "2"}, "satisfactory": {"value": "5"}}


def test_interpolation_runs_from_a_baseline_to_the_target_in_either_direction() -> None:
    assert [points_of(BASELINE, actual, "100") for actual in ("0", "20", "60", "100", "180")] == [
        "0", "0", "50", "100", "100",
    ]  # fmt: skip
    found = [
        points_of({**BASELINE, "cap": "150"}, actual, "10", metric="overdue") for actual in ("20", "15", "10", "4")
    ]
    assert found == ["0", "50", "100", "150"]


def test_efficacy_gives_sixty_at_the_unacceptable_value_and_the_full_mark_at_the_satisfactory_one() -> None:
    rule = {**EFFICACY, "cap": "120"}
    assert [points_of(rule, actual) for actual in ("2", "3.5", "5", "6.5", "-2.5", "-3")] == [
        "60", "80", "100", "120", "0", "0",
    ]  # fmt: skip
    scheme = single(EFFICACY, full_mark="50")
    assert [str(score_one(scheme, {"sales": given(actual)}).total) for actual in ("2", "5")] == ["30.00", "50.00"]


def test_binary_is_all_or_nothing_and_reaching_counts() -> None:
    assert [points_of({"kind": "binary"}, actual, "10") for actual in ("9.9999999999", "10")] == ["0", "100"]
    fixed = {"kind": "binary", "threshold": {"value": "3"}}
    assert [points_of(fixed, actual, metric="overdue") for actual in ("3", "3.0000000001")] == ["100", "0"]


def test_each_event_costs_the_same_however_the_period_is_cut() -> None:
    rule = {"kind": "deduction", "each": "5"}
    assert [points_of(rule, actual, metric="overdue") for actual in ("0", "3", "21", "-1")] == ["100", "85", "0", "100"]
    scheme = single(rule, metric="overdue")
    parts = [
        SegmentInput(
            scheme, {"overdue": given(events, proration=Fraction(days, 200), share=Fraction(days, 120))}, workdays=days
        )
        for events, days in (("2", 90), ("1", 30))
    ]
    (card,) = score_cards([parts], rubric=scheme.rubric, final=True)
    assert str(card.total) == "85.00"


@pytest.mark.parametrize(
    ("rule", "target", "metric", "outcome"),
    [
        (BASELINE, "20", "sales", "error:target_misplaced"),
        (BASELINE, "19", "sales", "error:target_misplaced"),
        (BASELINE, "21", "overdue", "error:target_misplaced"),
        ({**EFFICACY, "satisfactory": {"of_target": "1"}}, "1.5", "sales", "error:target_misplaced"),
        ({"kind": "interpolation", "baseline": {"of_target": "0.5"}}, "0", "sales", "error:target_zero"),
        ({"kind": "interpolation", "baseline": {"of_target": "0.5"}}, "-1", "sales", "error:target_negative"),
        (BASELINE, None, "sales", "pending:target_missing"),
        ({"kind": "binary"}, None, "sales", "pending:target_missing"),
        ({"kind": "binary"}, "0", "sales", "100"),
        (BASELINE, "-5", "overdue", "40"),
    ],
)
def test_a_target_beside_the_other_places_of_a_rule(
    rule: Mapping[str, Any], target: str | None, metric: str, outcome: str
) -> None:
    assert points_of(rule, "10", target, metric=metric) == outcome


def test_item_points_round_half_up_to_six_places() -> None:
    rule = {"kind": "ratio", "form": "direct"}
    assert [points_of(rule, actual, "3") for actual in ("1", "2")] == ["33.333333", "66.666667"]
    assert points_of(rule, "0.0000000005", "0.1") == "0.000001"


def test_bands_are_half_open() -> None:
    assert [points_of(FIXED, actual) for actual in ("0.0999999999", "0.1", "0.1999999999", "0.2")] == [
        "40",
        "70",
        "70",
        "100",
    ]
    assert [points_of(RELATIVE, actual, "1000") for actual in ("799.99", "800", "999.99", "1000")] == [
        "0",
        "60",
        "60",
        "100",
    ]


def test_a_rating_runs_straight_over_its_scale_or_from_level_to_level() -> None:
    scale = {"kind": "rating", "scale": {"lowest": "1", "highest": "5"}}
    levels = {"kind": "rating", "levels": [
        {"rating": "1", "points": "0"}, {"rating": "3", "points": "80"}, {"rating": "5", "points": "100"},
    ]}  # fmt: skip
    assert [points_of(scale, rating, metric="teamwork") for rating in ("1", "4", "5")] == ["0", "75", "100"]
    assert [points_of(levels, rating, metric="teamwork") for rating in ("1", "2", "3", "4.5", "5")] == [
        "0",
        "40",
        "80",
        "95",
        "100",
    ]
    assert [points_of(rule, rating, metric="teamwork") for rule in (scale, levels) for rating in ("0.9", "5.1")] == [
        "error:rating_off_scale"
    ] * 4


@pytest.mark.parametrize("rule", [STEPS, RATIO, RELATIVE])
@pytest.mark.parametrize(
    ("target", "outcome"),
    [("0", "error:target_zero"), ("-5", "error:target_negative"), (None, "pending:target_missing")],
)
def test_a_target_that_cannot_be_used_is_a_state_and_never_zero_points(
    rule: Mapping[str, Any], target: str | None, outcome: str
) -> None:
    assert points_of(rule, "10", target) == outcome


def test_an_anchor_alone_may_lie_at_a_target_of_zero() -> None:
    rule = {**STEPS, "down": "1", "unit": {"value": "10"}}
    assert [points_of(rule, actual, "0") for actual in ("0", "25", "-25")] == ["60", "64", "57.5"]


def test_every_kind_says_what_being_on_target_is() -> None:
    relative = {"kind": "interpolation", "baseline": {"of_target": "0.5"}}
    documents: list[Mapping[str, Any]] = [
        STEPS,
        RATIO,
        RELATIVE,
        RATING,
        relative,
        EFFICACY,
        {"kind": "binary"},
        {"kind": "deduction", "each": "1"},
    ]
    found = {}
    for document in documents:
        metric = {"rating": "teamwork", "deduction": "overdue"}.get(str(document["kind"]), "sales")
        found[document["kind"]] = str(on_target_score(single(document, metric=metric)))
    assert found.keys() == KINDS.keys()
    assert {kind for kind, score in found.items() if score != "100.00"} == {"steps"}


def test_what_cannot_be_on_target_without_a_target_says_so() -> None:
    assert on_target_score(single(BASELINE)) is None
    assert on_target_score(single(BASELINE, default_target="30")) == Decimal(100)


@pytest.mark.parametrize(
    ("rule", "metric", "score"),
    [
        ({"kind": "binary", "threshold": {"of_target": "1.2"}}, "sales", "0.00"),
        ({"kind": "binary", "threshold": {"of_target": "0.8"}}, "sales", "100.00"),
        ({"kind": "binary", "threshold": {"of_target": "0.8"}}, "overdue", "0.00"),
        ({**EFFICACY, "unacceptable": {"of_target": "0.7"}, "satisfactory": {"of_target": "1.1"}}, "sales", "90.00"),
        ({**STEPS, "anchor": {"of_target": "0.8"}, "unit": {"of_target": "0.1"}}, "sales", "64.00"),
        ({**RELATIVE, "bands": [{"to": {"of_target": "1.1"}, "points": "30"},
                                {"from": {"of_target": "1.1"}, "points": "90"}]}, "sales", "30.00"),
    ],
)  # fmt: skip
def test_being_on_target_is_the_same_with_and_without_a_stated_one(
    rule: Mapping[str, Any], metric: str, score: str
) -> None:
    stated = (single(rule, metric=metric, default_target=target) for target in ("1", "100"))
    assert {str(on_target_score(scheme)) for scheme in (single(rule, metric=metric), *stated)} == {score}
