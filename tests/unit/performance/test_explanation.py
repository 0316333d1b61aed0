"""An explanation adds up: its numbers alone give the total back."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.performance.domain.explaining.explanation import explain
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import ItemInput, OverallInput, SegmentInput, score_cards
from services.performance.domain.scoring.states import ItemState
from tests.oracle.cases import METRICS as MANY
from tests.oracle.cases import Cases
from tests.oracle.comparison import inputs
from tests.oracle.rules import half_up
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

MANY_METRICS = {key: read_metric(document) for key, document in MANY.items()}
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
    fired = [veto for veto in explained["vetoes"] if veto["fired"]]
    assert all(veto["fired"] == bool(item_points(veto)) for veto in explained["vetoes"] if veto["working"])
    assert combined(explained, ()) == Fraction(explained["sum"])
    signs = {"bonus": 1, "penalty": -1}
    scored = (each for each in explained["adjustments"] if each["working"])
    added = sum((item_points(each) * signs[each["role"]] for each in scored), Fraction(0))
    assert added == Fraction(explained["added"])
    total = combined(explained, fired) + added
    total = total if explained["total_floor"] is None else max(total, Fraction(explained["total_floor"]))
    for veto in fired:
        if veto["scope"]["kind"] == "total" and veto["effect"]["kind"] != "cap_grade":
            total = min(total, limit_of(veto))
    total = total if explained["total_cap"] is None else min(total, Fraction(explained["total_cap"]))
    return half_up(total, 2)


def combined(explained: Mapping[str, Any], fired: Sequence[Mapping[str, Any]]) -> Fraction:
    """Average the segments by workdays, as far as vetoes leave them."""
    counting = [part for part in explained["segments"] if part["state"] != "ungraded" and part["workdays"]]
    days = sum((own_days(part) for part in counting), Fraction(0))
    basis = explained["segments"][-1]["points_basis"]
    sums = (segment_sum(part, fired if part["points_basis"] == basis else ()) * own_days(part) for part in counting)
    return sum(sums, Fraction(0)) / days


def own_days(segment: Mapping[str, Any]) -> Fraction:
    return Fraction(segment["workdays"]) * Fraction(segment["allocation"])


def segment_sum(segment: Mapping[str, Any], fired: Sequence[Mapping[str, Any]]) -> Fraction:
    follows, kept = segment["points_basis"] == "weight", Fraction(int(segment["kept_weight"]), 10_000)
    sums: dict[str | None, Fraction] = defaultdict(Fraction)
    weights: dict[str | None, Fraction] = defaultdict(Fraction)
    for line in segment["items"]:
        if not line["working"]:
            continue
        share = Fraction(1) if follows else Fraction(line["weight"], 10_000)
        caps = [
            limit_of(veto) * (kept if follows else 1)
            for veto in fired
            if veto["scope"] == {"kind": "item", "key": line["key"]}
        ]
        sums[line["dimension"]] += min([item_points(line), *caps]) * share
        weights[line["dimension"]] += share
    for veto in fired:
        if veto["scope"]["kind"] == "dimension":
            key = veto["scope"]["key"]
            sums[key] = min(sums[key], limit_of(veto) * (kept if follows else weights[key]))
    return sum(sums.values(), Fraction(0)) / kept


def limit_of(veto: Mapping[str, Any]) -> Fraction:
    return Fraction(veto["effect"].get("limit", 0))


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


@pytest.mark.parametrize("chunk", range(4))
def test_any_card_with_a_total_follows_from_its_explanation(chunk: int) -> None:
    explained_ones = 0
    for seed in range(chunk * 100, (chunk + 1) * 100):
        cases = Cases(seed)
        schemes = [cases.scheme() for _ in range(2)]
        read = {id(each): read_scheme(each, MANY_METRICS) for each in schemes}
        closing = read[id(schemes[0])]
        drawn = cases.card(schemes, schemes[0])
        card = [
            SegmentInput(read[id(part.scheme)], inputs(part.data), part.workdays, part.allocation)
            for part in drawn.stretches
        ]
        overall = OverallInput(closing, [inputs(drawn.overall)])
        explained = json.loads(json.dumps(explain(card, rubric=closing.rubric, final=True, overall=overall)))
        if explained["total"] is not None:
            explained_ones += 1
            assert recomputed(explained) == Fraction(explained["total"]), seed
    assert explained_ones > 20


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


def sentence_of(rule: Mapping[str, Any], line: ItemInput, *, metric: str, **more: object) -> Mapping[str, str]:
    scheme = single(rule, metric=metric, **more)
    explained = explain([SegmentInput(scheme, {metric: line})], rubric=scheme.rubric, final=True)
    said: Mapping[str, str] = explained["segments"][0]["items"][0]["sentence"]
    return said


@pytest.mark.parametrize("actual", ["0", "-3"])
def test_an_inverse_ratio_of_nothing_at_all_is_no_band(actual: str) -> None:
    said = sentence_of({"kind": "ratio", "form": "inverse"}, given(actual, "10"), metric="overdue")
    assert said == {
        "zh": f"逾期金额：实际 {actual}，目标 10；实际不大于零，计最高的 100 分；权重 100%，计 100 分。",
        "en": f"逾期金额: actual {actual}, target 10; nothing or less earns the most, 100 points; "
        "weight 100%, adds 100.",
    }


def test_an_event_in_a_part_of_somebodys_days_costs_what_it_costs_there() -> None:
    rule = {"kind": "deduction", "each": "5"}
    whole = sentence_of(rule, given("1", proration=Fraction(1, 2)), metric="overdue")
    assert whole["en"] == "逾期金额: actual 1; 100 points, -5 for each: 95 points; weight 100%, adds 95."
    assert whole["zh"] == "逾期金额：实际 1；满分 100，每次扣 5 分，得 95 分；权重 100%，计 95 分。"
    half = sentence_of(rule, given("1", proration=Fraction(1, 4), share=Fraction(1, 2)), metric="overdue")
    assert half["en"] == (
        "逾期金额: actual 1; 100 points, -5 for each over the segment's share 0.5 of the person's days, "
        "that is -10 here: 90 points; weight 100%, adds 90."
    )
    assert half["zh"] == (
        "逾期金额：实际 1；满分 100，每次扣 5 分，除以本段占本人工作日的 0.5，即本段每次扣 10 分，得 90 分；"
        "权重 100%，计 90 分。"
    )


def test_a_missing_rating_as_zero_lies_below_the_levels() -> None:
    zero = read_metric({**METRICS["teamwork"].to_document(), "missing": {"policy": "zero"}})
    levels = [{"rating": "1", "points": "10"}, {"rating": "2", "points": "20"}]
    document = {"items": [item("teamwork", 10_000, {"kind": "rating", "levels": levels})]}
    scheme = read_scheme(document, METRICS | {"teamwork": zero})
    card = [SegmentInput(scheme, {"teamwork": given(Actual(ItemState.MISSING))})]
    explained = explain(card, rubric=scheme.rubric, final=True)
    assert "below the lowest level: 10 points" in explained["segments"][0]["items"][0]["sentence"]["en"]
