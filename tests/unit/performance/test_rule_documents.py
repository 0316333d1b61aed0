"""Documents of rules: written as they were read, and every wrong one refused at the exact place."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.performance.domain.rules import rule_from_document
from tests.unit.performance.samples import (
    RATING,
    RATIO,
    STEPS,
    item,
    read_scheme,
    refusals,
)
from tests.unit.performance.strategies import bands as banded
from tests.unit.performance.strategies import ruled


def without(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


def bands(*edges: tuple[object, object], points: str = "50") -> dict[str, Any]:
    return {
        "kind": "bands",
        "bands": [
            {"from": low and {"value": low}, "to": high and {"value": high}, "points": points} for low, high in edges
        ],
    }


BASELINE = {"kind": "interpolation", "baseline": {"value": "20"}}
EFFICACY = {"kind": "efficacy", "unacceptable": {"value": "2"}, "satisfactory": {"value": "5"}}
FIXED = {"kind": "bands", "bands": [{"to": {"value": "1"}, "points": "40"}, {"from": {"value": "1"}, "points": "100"}]}
LEVELS = {"kind": "rating", "levels": [
    {"rating": "1", "points": "0"}, {"rating": "2", "points": "60"}, {"rating": "3", "points": "100"},
]}  # fmt: skip


@hypothesis_given(ruled)
def test_a_rule_is_written_as_it_was_read(found: tuple[str, Mapping[str, Any]]) -> None:
    _, document = found
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
        ({"kind": "interpolation"}, {("/r/baseline", "field_missing")}),
        ({"kind": "efficacy", "unacceptable": {"value": "1"}}, {("/r/satisfactory", "field_missing")}),
        ({"kind": "binary", "threshold": {"of_target": "-1"}}, {("/r/threshold/of_target", "share_not_positive")}),
        ({"kind": "deduction", "each": "0"}, {("/r/each", "points_not_positive")}),
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


@hypothesis_given(banded(), st.data())
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
        (EFFICACY, "overdue", ("/items/0/rule/unacceptable/value", "bounds_order")),
        (
            {"kind": "interpolation", "baseline": {"of_target": "1"}},
            "sales",
            ("/items/0/rule/baseline/of_target", "bounds_order"),
        ),
        ({"kind": "deduction", "each": "5"}, "sales", ("/items/0/rule/kind", "deduction_against_direction")),
        ({**FIXED, "cap": "99.5"}, "sales", ("/items/0/rule/bands/1/points", "points_outside_limits")),
        ({**FIXED, "floor": "45"}, "sales", ("/items/0/rule/bands/0/points", "points_outside_limits")),
        ({**LEVELS, "cap": "80"}, "teamwork", ("/items/0/rule/levels/2/points", "points_outside_limits")),
        ({**LEVELS, "floor": "1"}, "teamwork", ("/items/0/rule/levels/0/points", "points_outside_limits")),
        ({"kind": "binary", "cap": "99"}, "sales", ("/items/0/rule/cap", "points_outside_limits")),
    ],
)
def test_what_is_wrong_only_within_a_scheme(rule: Mapping[str, Any], metric: str, refused: tuple[str, str]) -> None:
    assert refusals(read_scheme, {"items": [item(metric, 10_000, rule)]}) == {refused}


@pytest.mark.parametrize(
    ("rule", "metric"),
    [
        ({**FIXED, "floor": "40", "cap": "100"}, "sales"),
        ({**LEVELS, "floor": "-5", "cap": "120"}, "teamwork"),
        ({"kind": "binary", "cap": "120", "floor": "10"}, "sales"),
    ],
)
def test_points_up_to_the_limits_are_taken(rule: Mapping[str, Any], metric: str) -> None:
    assert read_scheme({"items": [item(metric, 10_000, rule)]}).items[0].rule.to_document()["cap"] == rule["cap"]


def test_every_band_beyond_the_full_mark_is_named() -> None:
    """On the weight basis the full mark, and so the cap, is the weight itself unless the item states one."""
    document: dict[str, Any] = {"points_basis": "weight"}
    document["items"] = [item("sales", 3000, FIXED), item("teamwork", 7000, RATING)]
    assert refusals(read_scheme, document) == {
        ("/items/0/rule/bands/0/points", "points_outside_limits"),
        ("/items/0/rule/bands/1/points", "points_outside_limits"),
    }
    document["items"][0]["full_mark"] = "100"
    assert read_scheme(document).weights == {"sales": 3000, "teamwork": 7000}
