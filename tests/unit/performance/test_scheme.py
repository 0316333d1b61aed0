"""Scheme versions: weights, grades, full marks; what is wrong is named all at once."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.performance.domain.schemes.rubric import DEFAULT_RUBRIC
from services.performance.domain.schemes.scheme import Scheme, checked_weights
from services.performance.domain.scoring.cards import on_target_points, on_target_score
from tests.unit.performance.samples import (
    METRICS,
    RATING,
    RATIO,
    STEPS,
    item,
    read_scheme,
    refusals,
    sales_scheme,
    scheme_document,
)

GRADES: list[dict[str, Any]] = [
    {"key": "a", "name": {"zh": "甲", "en": "A"}, "at_least": "90"},
    {"key": "b", "name": {"zh": "乙", "en": "B"}, "at_least": "70"},
    {"key": "c", "name": {"zh": "丙", "en": "C"}, "at_least": None},
]


def graded(at: int, **changes: object) -> dict[str, Any]:
    grades = [dict(grade) for grade in GRADES]
    grades[at] |= changes
    return {**scheme_document(), "grades": grades}


@pytest.mark.parametrize("basis", ["item", "weight"])
def test_a_scheme_is_written_as_it_was_read(basis: str) -> None:
    scheme = sales_scheme(basis)
    assert read_scheme(scheme.to_document()) == scheme


def test_the_default_scale_is_written_out_with_the_version() -> None:
    grades = sales_scheme().to_document()["grades"]
    assert [(grade["key"], grade["at_least"]) for grade in grades] == [
        ("excellent", "90"),
        ("good", "80"),
        ("fair", "60"),
        ("poor", None),
    ]


@pytest.mark.parametrize(
    ("total", "grade"),
    [("100", "excellent"), ("90.00", "excellent"), ("89.99", "good"), ("80", "good"), ("60", "fair"), ("-3", "poor")],
)
def test_a_grade_begins_at_its_own_total(total: str, grade: str) -> None:
    assert DEFAULT_RUBRIC.grade_of(Decimal(total)).key == grade


@hypothesis_given(st.lists(st.integers(min_value=1, max_value=10_000), min_size=1, max_size=6))
def test_weights_must_make_a_whole(weights: list[int]) -> None:
    items = [{**item("sales", weight, STEPS), "key": f"sales_{at}"} for at, weight in enumerate(weights)]
    if sum(weights) == 10_000:
        assert read_scheme({"items": items}).weights == {f"sales_{at}": weight for at, weight in enumerate(weights)}
    else:
        assert refusals(read_scheme, {"items": items}) == {("/items", "weights_not_whole")}


def test_one_basis_point_off_is_refused() -> None:
    document = scheme_document()
    document["items"][0]["weight"] = 5999
    assert refusals(read_scheme, document) == {("/items", "weights_not_whole")}


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        (graded(0, at_least="70"), {("/grades/1/at_least", "grade_order")}),
        (graded(0, at_least="60"), {("/grades/1/at_least", "grade_order")}),
        (graded(1, at_least=None), {("/grades/1/at_least", "grade_open")}),
        (graded(2, at_least="10"), {("/grades/2/at_least", "grade_open")}),
        (graded(1, key="a"), {("/grades/1/key", "grade_duplicate")}),
        (graded(1, at_least="70.001"), {("/grades/1/at_least", "grade_too_precise")}),
        (graded(1, name={"zh": "乙"}), {("/grades/1/name/en", "field_missing")}),
        ({**scheme_document(), "total_cap": "0"}, {("/total_cap", "cap_below_floor")}),
        ({**scheme_document(), "points_basis": "both"}, {("/points_basis", "value_unknown")}),
        ({**scheme_document(), "colour": "red"}, {("/colour", "field_unknown")}),
        ({"items": []}, {("/items", "list_invalid")}),
        ({"items": [item("sales", 10_000, STEPS, full_mark="0")]}, {("/items/0/full_mark", "full_mark_not_positive")}),
        (
            {"items": [item("sales", 10_000, STEPS, default_target="0")]},
            {("/items/0/default_target", "target_not_positive")},
        ),
        (
            {"items": [{**item("sales", 10_000, STEPS), "metric": "unheard_of"}]},
            {("/items/0/metric", "metric_unknown")},
        ),
        (
            {"items": [item("sales", 5000, STEPS), item("sales", 5000, RATIO)]},
            {("/items/1/key", "item_duplicate")},
        ),
        (
            {"items": [{**item("sales", 100, STEPS), "key": f"sales_{at}"} for at in range(101)]},
            {("/items", "too_many_items"), ("/items", "weights_not_whole")},
        ),
        ({"items": [item("sales", 0, STEPS)]}, {("/items/0/weight", "integer_invalid")}),
        ({"items": [{**item("sales", 10_000, STEPS), "weight": True}]}, {("/items/0/weight", "integer_invalid")}),
        ({"items": [{**item("sales", 10_000, STEPS), "name": "a\x00b"}]}, {("/items/0/name", "text_invalid")}),
    ],
)
def test_a_wrong_scheme_is_refused_at_its_place(document: object, refused: set[tuple[str, str]]) -> None:
    assert refusals(read_scheme, document) == refused


def test_every_wrong_place_is_named_at_once() -> None:
    document = {
        "items": [
            item("sales", 6000, {**STEPS, "unit": {"value": "0"}}),
            item("conversion_rate", 3000, {"kind": "ratio", "form": "sideways"}),
        ],
        "grades": [{"key": "a", "name": {"zh": "甲", "en": "A"}, "at_least": "many"}],
    }
    assert refusals(read_scheme, document) == {
        ("/items/0/rule/unit/value", "unit_not_positive"),
        ("/items/1/rule/form", "value_unknown"),
        ("/grades/0/at_least", "number_invalid"),
    }


def test_a_pointer_prefix_leads_to_where_the_document_came_from() -> None:
    found = refusals(Scheme.from_document, {"items": 3}, metrics=METRICS, pointer="/document")
    assert found == {("/document/items", "list_invalid")}


@pytest.mark.parametrize(
    ("weights", "refused"),
    [
        ({"sales": 5000, "conversion_rate": 4000, "teamwork": 999}, {("/weights", "weights_not_whole")}),
        ({"sales": 5000, "conversion_rate": 5000}, {("/weights/teamwork", "field_missing")}),
        (
            {"sales": 5000, "conversion_rate": 4000, "teamwork": 500, "luck": 500},
            {("/weights/luck", "field_unknown")},
        ),
        ({"sales": 10_001, "conversion_rate": 1, "teamwork": -2}, {
            ("/weights/sales", "integer_invalid"), ("/weights/teamwork", "integer_invalid"),
        }),
        ({"sales": "5000", "conversion_rate": 4000, "teamwork": 1000}, {("/weights/sales", "integer_invalid")}),
        ([], {("/weights", "object_expected")}),
    ],
)  # fmt: skip
def test_a_department_keeps_the_items_and_the_whole(weights: object, refused: set[tuple[str, str]]) -> None:
    assert refusals(checked_weights, sales_scheme(), weights, pointer="/weights") == refused


def test_overriding_weights_are_read_in_the_scheme_s_order() -> None:
    weights = {"teamwork": 1000, "sales": 5000, "conversion_rate": 4000}
    assert list(checked_weights(sales_scheme(), weights)) == ["sales", "conversion_rate", "teamwork"]


def test_an_item_that_names_nothing_to_reach_has_no_on_target_score() -> None:
    fixed = {"kind": "bands", "bands": [
        {"to": {"value": "1"}, "points": "1"}, {"from": {"value": "1"}, "points": "2"},
    ]}  # fmt: skip
    scheme = read_scheme({"items": [item("sales", 5000, fixed), item("teamwork", 5000, RATING)]})
    assert on_target_score(scheme) is None
    assert on_target_points(scheme) == {"sales": None, "teamwork": Decimal(100)}
    stated = {"items": [item("sales", 5000, fixed, default_target="1"), item("teamwork", 5000, RATING)]}
    assert on_target_score(read_scheme(stated)) == Decimal("51.00")


@pytest.mark.parametrize(
    ("rule", "metric", "default_target"),
    [
        ({"kind": "interpolation", "baseline": {"value": "100"}}, "sales", "50"),
        ({"kind": "interpolation", "baseline": {"value": "100"}}, "sales", "100"),
        ({"kind": "interpolation", "baseline": {"value": "100"}}, "overdue", "150"),
        ({"kind": "efficacy", "unacceptable": {"value": "100"}, "satisfactory": {"of_target": "1"}}, "sales", "50"),
        (RATING, "teamwork", "500"),
        ({"kind": "rating", "scale": {"lowest": "1", "highest": "5"}}, "teamwork", "0"),
    ],
)
def test_a_default_target_that_the_rule_cannot_use_is_refused(
    rule: dict[str, Any], metric: str, default_target: str
) -> None:
    found = refusals(read_scheme, {"items": [item(metric, 10_000, rule, default_target=default_target)]})
    assert found == {("/items/0/default_target", "target_unusable")}


def test_places_in_the_wrong_order_are_no_fault_of_the_default_target() -> None:
    rule = {"kind": "interpolation", "baseline": {"of_target": "1.5"}}
    found = refusals(read_scheme, {"items": [item("sales", 10_000, rule, default_target="50")]})
    assert found == {("/items/0/rule/baseline/of_target", "bounds_order")}


def test_a_penalty_runs_against_the_direction_and_so_does_its_default_target() -> None:
    rule = {"kind": "interpolation", "baseline": {"value": "100"}}
    penalty = {"key": "penalty", "name": "p", "metric": "overdue", "rule": rule, "full_mark": "10"}
    document = {**scheme_document(), "penalties": [{**penalty, "default_target": "50"}]}
    assert refusals(read_scheme, document) == {("/penalties/0/default_target", "target_unusable")}
    document["penalties"][0]["default_target"] = "150"
    assert read_scheme(document).penalties[0].default_target == Decimal(150)


def test_what_was_accepted_before_a_rule_became_stricter_is_still_read() -> None:
    bands = {"kind": "bands", "bands": [{"points": "150"}]}
    document = {"items": [item("sales", 10_000, bands)]}
    assert refusals(read_scheme, document) == {("/items/0/rule/bands/0/points", "points_outside_limits")}
    assert on_target_score(Scheme.accepted(document, metrics=METRICS)) is None
