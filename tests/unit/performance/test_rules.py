"""Each kind of rule: its points at the edges, and every wrong document refused at the exact place."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.performance.domain.rules import KINDS, rule_from_document
from tests.unit.performance.samples import RATING, RATIO, STEPS, item, points_of, read_scheme, refusals, single
from tests.unit.performance.strategies import rules


def without(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


def bands(*edges: tuple[object, object], points: str = "50") -> dict[str, Any]:
    return {
        "kind": "bands",
        "bands": [
            {"from": low and {"value": low}, "to": high and {"value": high}, "points": points} for low, high in edges
        ],
    }


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


@hypothesis_given(rules)
def test_a_rule_is_written_as_it_was_read(document: Mapping[str, Any]) -> None:
    rule = rule_from_document(document, "")
    assert rule_from_document(rule.to_document(), "") == rule


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ({"kind": "magic"}, {("/r/kind", "value_unknown")}),
        ("steps", {("/r", "object_expected")}),
        ({**STEPS, "bonus": "1"}, {("/r/bonus", "field_unknown")}),
        (without(STEPS, "down"), {("/r/down", "below_anchor_missing")}),
        (without(STEPS, "quantise_below"), {("/r/quantise_below", "below_anchor_missing")}),
        (without(STEPS, "base", "up"), {("/r/base", "field_missing"), ("/r/up", "field_missing")}),
        ({**STEPS, "unit": {"value": "0"}}, {("/r/unit/value", "unit_not_positive")}),
        ({**STEPS, "unit": {"of_target": "0"}}, {("/r/unit/of_target", "share_not_positive")}),
        ({**STEPS, "anchor": {"value": "1", "of_target": "1"}}, {("/r/anchor/value", "bound_ambiguous")}),
        ({**STEPS, "anchor": {}}, {("/r/anchor/value", "bound_ambiguous")}),
        ({**STEPS, "anchor": {"value": "0"}}, {("/r/anchor/value", "anchor_not_positive")}),
        ({**STEPS, "up": "-1", "base": "-1"}, {("/r/up", "points_negative"), ("/r/base", "points_negative")}),
        ({**STEPS, "down": "-1"}, {("/r/down", "points_negative")}),
        ({**STEPS, "quantise_above": "round"}, {("/r/quantise_above", "value_unknown")}),
        ({**STEPS, "cap": "-1"}, {("/r/cap", "cap_not_positive")}),
        ({**STEPS, "cap": "0"}, {("/r/cap", "cap_not_positive")}),
        ({**STEPS, "up": 2.5}, {("/r/up", "number_invalid")}),
        ({**STEPS, "up": "1e400"}, {("/r/up", "number_too_large")}),
        ({**STEPS, "up": "1\x00"}, {("/r/up", "number_invalid")}),
        ({"kind": "ratio", "form": "upside_down"}, {("/r/form", "value_unknown")}),
        ({"kind": "bands", "bands": []}, {("/r/bands", "list_invalid")}),
        (bands((None, "1"), ("2", None)), {("/r/bands/1/from", "band_gap")}),
        (bands((None, "2"), ("1", None)), {("/r/bands/1/from", "band_overlap")}),
        (bands((None, None), ("1", None)), {("/r/bands/1/from", "band_overlap")}),
        (bands(("0", "1"), ("1", "2")), {("/r/bands/0/from", "band_gap"), ("/r/bands/1/to", "band_gap")}),
        (
            bands((None, "5"), ("5", "3"), ("3", None)),
            {("/r/bands/1/to", "band_order")},
        ),
        (
            {"kind": "bands", "bands": [
                {"to": {"value": "1"}, "points": "1"}, {"from": {"of_target": "1"}, "points": "2"},
            ]},
            {("/r/bands", "band_edges_mixed")},
        ),
        ({"kind": "rating", "scale": {"lowest": "5", "highest": "5"}}, {("/r/scale/highest", "scale_order")}),
        ({"kind": "rating", "levels": [{"rating": "1", "points": "1"}]}, {("/r/levels", "levels_too_few")}),
        (
            {"kind": "rating", "levels": [{"rating": "2", "points": "1"}, {"rating": "1", "points": "2"}]},
            {("/r/levels/1/rating", "scale_order")},
        ),
        (
            {"kind": "rating", "scale": {"lowest": "0", "highest": "5"}, "levels": [
                {"rating": "1", "points": "1"}, {"rating": "2", "points": "2"},
            ]},
            {("/r/scale", "field_unknown")},
        ),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_at_its_place(document: object, refused: set[tuple[str, str]]) -> None:
    assert refusals(rule_from_document, document, "/r") == refused


@hypothesis_given(rules.filter(lambda rule: rule["kind"] == "bands"), st.data())
def test_any_band_taken_out_leaves_a_gap_that_is_refused(document: dict[str, Any], data: st.DataObject) -> None:
    at = data.draw(st.integers(min_value=0, max_value=len(document["bands"]) - 1))
    listed = [band for i, band in enumerate(document["bands"]) if i != at]
    codes = {code for _, code in refusals(rule_from_document, {**document, "bands": listed}, "/r")}
    assert codes == {"band_gap"}


@pytest.mark.parametrize(
    ("rule", "metric", "refused"),
    [
        (RATIO, "overdue", ("/items/0/rule/form", "form_against_direction")),
        ({"kind": "ratio", "form": "inverse"}, "sales", ("/items/0/rule/form", "form_against_direction")),
        ({**STEPS, "cap": "50"}, "sales", ("/items/0/rule/base", "base_outside_limits")),
        ({**STEPS, "base": "110", "cap": None}, "sales", ("/items/0/rule/base", "base_outside_limits")),
        ({**RATIO, "floor": "100"}, "sales", ("/items/0/rule/floor", "floor_above_cap")),
    ],
)
def test_what_is_wrong_only_within_a_scheme(rule: Mapping[str, Any], metric: str, refused: tuple[str, str]) -> None:
    assert refusals(read_scheme, {"items": [item(metric, 10_000, rule)]}) == {refused}


def test_every_kind_says_what_being_on_target_is() -> None:
    documents: dict[str, Mapping[str, Any]] = {"steps": STEPS, "ratio": RATIO, "bands": RELATIVE, "rating": RATING}
    for kind, document in documents.items():
        rule = single(document, metric="teamwork" if kind == "rating" else "sales").items[0].rule
        assert isinstance(rule, KINDS[kind])
        assert rule.on_target(None) is not None
