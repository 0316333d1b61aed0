"""An explanation adds up: its numbers alone give the total back."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import ItemInput, SegmentInput, score_cards
from services.performance.domain.scoring.explanation import explain
from services.performance.domain.scoring.states import ItemState
from tests.unit.performance.reference import half_up
from tests.unit.performance.samples import (
    METRICS,
    RATING,
    STEPS,
    given,
    item,
    measured,
    read_metric,
    read_scheme,
    sales_scheme,
    scheme_document,
    single,
)
from tests.unit.performance.strategies import actuals, ruled, shares, targets

QUANTISE: dict[str, Callable[[Fraction], Fraction]] = {
    "floor": lambda x: Fraction(floor(x)),
    "ceil": lambda x: Fraction(ceil(x)),
    "exact": lambda x: x,
}


def curve_points(working: Mapping[str, Any]) -> Fraction:
    piece, actual = working["piece"], Fraction(working["actual"])
    terms = {name: Fraction(value) for name, value in piece["terms"].items()}
    if piece["shape"] == "constant":
        return terms["points"]
    if piece["shape"] == "hyperbola":
        return terms["product"] / actual
    count = QUANTISE[piece["quantise"]]((actual - terms["at"]) / terms["run"])
    assert count == Fraction(piece["count"])
    return terms["points"] + terms["rise"] * count


def item_points(line: Mapping[str, Any]) -> Fraction:
    working = line["working"]
    found = curve_points(working)
    assert found == Fraction(working["unclamped"])
    clamped = min(max(found, Fraction(working["floor"])), Fraction(working["cap"]))
    points = half_up(clamped * Fraction(working["scale"]), 6)
    assert points == Fraction(line["points"])
    return points


def recomputed(explained: Mapping[str, Any]) -> Fraction:
    """Work the total out from nothing but the explanation."""
    summed, days = Fraction(0), 0
    for segment in explained["segments"]:
        if segment["state"] == "ungraded" or not segment["workdays"]:
            continue
        follows = segment["points_basis"] == "weight"
        scored = [(item_points(line), line["weight"]) for line in segment["items"] if line["working"]]
        own = sum((points if follows else points * weight / 10_000 for points, weight in scored), Fraction(0))
        summed += own * 10_000 / segment["kept_weight"] * segment["workdays"]
        days += segment["workdays"]
    total = summed / days
    assert total == Fraction(explained["sum"])
    total = total if explained["total_floor"] is None else max(total, Fraction(explained["total_floor"]))
    total = total if explained["total_cap"] is None else min(total, Fraction(explained["total_cap"]))
    return half_up(total, 2)


@st.composite
def segments(draw: st.DrawFn) -> SegmentInput:
    basis = draw(st.sampled_from(["item", "weight"]))
    heavy = draw(st.integers(min_value=1, max_value=9999))
    metric, rule = draw(ruled)
    lines = [item(metric, heavy, rule, full_mark="100"), {**item("teamwork", 10_000 - heavy, RATING), "key": "team"}]
    scheme = read_scheme({"points_basis": basis, "items": lines, "total_floor": "-1000"})
    actual = draw(actuals)
    if rule["kind"] == "rating":
        actual = 1 + abs(actual) % 4
    found = {
        metric: ItemInput(measured(str(actual)), draw(targets), proration=draw(shares), share=draw(shares)),
        "team": given(draw(st.sampled_from(["0", "33.3333333333", "100"]))),
    }
    return SegmentInput(scheme, found, workdays=draw(st.integers(min_value=1, max_value=125)))


@hypothesis_given(st.lists(segments(), min_size=1, max_size=3))
def test_the_total_follows_from_the_explanation_alone(card: list[SegmentInput]) -> None:
    rubric = card[-1].scheme.rubric
    (scored,) = score_cards([card], rubric=rubric, final=True)
    explained = json.loads(json.dumps(explain(card, rubric=rubric, final=True)))
    assert recomputed(explained) == Fraction(explained["total"]) == Fraction(scored.total or 0)
    assert explained["grade"] == scored.grade


def explain_sales(**changes: ItemInput) -> dict[str, Any]:
    items = {"sales": given("1250000"), "conversion_rate": given("0.25"), "teamwork": given("85"), **changes}
    scheme = sales_scheme()
    return explain([SegmentInput(scheme, items, workdays=122)], rubric=scheme.rubric, final=False)


def test_each_item_names_its_piece_its_arithmetic_and_its_limit() -> None:
    sales, conversion, _ = explain_sales()["segments"][0]["items"]
    assert sales["working"]["piece"] == {
        "name": "beyond_anchor", "shape": "slope", "formula": "points + rise * quantise((actual - at) / run)",
        "terms": {"points": "60", "at": "1000000", "rise": "2", "run": "100000"},
        "quantise": "floor", "count": "2", "from": "1000000", "to": None,
    }  # fmt: skip
    assert (sales["points"], sales["weight"], sales["weighted"]) == ("64", 6000, "38.4")
    assert (conversion["working"]["unclamped"], conversion["working"]["limited_by"]) == ("125", "cap")
    assert conversion["points"] == "100"


def test_sentences_in_both_languages_carry_the_numbers() -> None:
    explained = explain_sales()
    sales, conversion, _ = explained["segments"][0]["items"]
    assert sales["sentence"]["zh"] == (
        "销售额：实际 1250000，目标 1000000；达到 1000000 得 60 分，每超 100000 加 2 分，计 2 个单位（向下取整），"
        "得 64 分；权重 60%，计 38.4 分。"
    )
    assert sales["sentence"]["en"] == (
        "销售额: actual 1250000, target 1000000; 60 points at 1000000, +2 for each 100000 beyond, "
        "2 units (rounded down): 64 points; weight 60%, adds 38.4."
    )
    assert "封顶 100 分" in conversion["sentence"]["zh"]
    assert explained["sentence"] == {
        "zh": "合计 76.9，总分 76.90，等级合格。",
        "en": "Sum 76.9, total 76.90, grade Fair.",
    }


def test_a_prorated_target_without_an_end_stays_exact() -> None:
    line = explain_sales(sales=given("500000", "1000000", proration=Fraction(61, 183)))["segments"][0]["items"][0]
    assert line["proration"] == "1/3"
    assert line["working"]["piece"]["terms"]["at"] == "1000000/3"
    assert "（按工作日折算 1/3）" in line["sentence"]["zh"]


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (given("1250000", "0"), "target_zero", "目标为零"),
        (given(Actual(ItemState.PENDING)), None, "没有数据"),
    ],
)
def test_an_item_without_points_says_why(line: ItemInput, code: str | None, said: str) -> None:
    explained = explain_sales(sales=line)
    sales = explained["segments"][0]["items"][0]
    assert (sales["code"], sales["working"], sales["points"]) == (code, None, None)
    assert said in sales["sentence"]["zh"]
    assert explained["grade"] is None


def test_an_exclusion_shows_the_weight_that_is_left() -> None:
    policy = {"policy": "exclude_and_rescale", "limit": 1000}
    teamwork = read_metric({**METRICS["teamwork"].to_document(), "missing": policy})
    scheme = read_scheme(scheme_document(), METRICS | {"teamwork": teamwork})
    items = {
        "sales": given("1250000"),
        "conversion_rate": given("0.18"),
        "teamwork": given(Actual(ItemState.MISSING)),
    }
    explained = explain([SegmentInput(scheme, items)], rubric=scheme.rubric, final=True)
    assert explained["segments"][0]["kept_weight"] == 9000
    assert explained["sum"] == "218/3"
    assert recomputed(explained) == Fraction(Decimal("72.67"))


def test_a_card_that_is_not_graded_is_explained_too() -> None:
    scheme = single(STEPS)
    card = [SegmentInput(scheme, {"sales": given("5", "1")}, workdays=3)]
    explained = explain(card, rubric=scheme.rubric, final=True, minimum_workdays=10)
    assert (explained["state"], explained["total"], explained["sentence"]["zh"]) == ("ungraded", None, "本周期不评级。")
