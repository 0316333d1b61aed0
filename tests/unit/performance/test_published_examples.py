"""Examples of others: their rules and numbers as published, the points as published or worked by hand from these."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from services.performance.domain.scoring.cards import ItemInput
from tests.unit.performance.samples import METRICS, given, points_of, read_metric, read_scheme, score_one, single


def total_of(rule: Mapping[str, Any], actual: str, target: str | None, *, metric: str = "sales", mark: str) -> str:
    scheme = single(rule, metric=metric, full_mark=mark)
    return str(score_one(scheme, {metric: given(actual, target)}).total)


def test_an_efficacy_coefficient_of_a_statistics_examination() -> None:
    """A contribution of 5.81 % between an unallowable 6 % and a satisfactory 12 %: -0.19/6 × 40 + 60 = 58.73.

    Source: question on 功效系数, 222.198.130.40:8081/view/Subject/showsubject.aspx?id=1c13cd4fae1f452c8701976b21b4b93f
    """
    rule = {"kind": "efficacy", "unacceptable": {"value": "0.06"}, "satisfactory": {"value": "0.12"}}
    assert total_of(rule, "0.0581", None, mark="100") == "58.73"


def test_the_efficacy_method_of_state_capital() -> None:
    """Own level's points + (actual - own standard)/(upper standard - own standard) × (upper - own points).

    Points of a level are the weight times its coefficient, 1.0, 0.8, 0.6, 0.4, 0.2. An actual of 90 % between standards
    of 80 % and 100 % has the coefficient 0.5; of a weight of 100 between the levels 0.8 and 1.0 it makes 80 + 0.5 × 20.

    Sources: 国有资本金效绩评价计分方法, 财统字〔1999〕6号, fsou.com/html/text/chl/239/23991.html (replaced in 2002);
    coefficients: 中央企业综合绩效评价实施细则, article 17, jianbiaoku.com/webarbs/book/164818/4717053.shtml;
    the 90 %: xtika.com/question/2951793240.
    """
    coefficient = {"kind": "interpolation", "baseline": {"value": "0.8"}}
    assert total_of(coefficient, "0.9", "1", mark="1") == "0.50"
    levels = [("0.8", "80"), ("1", "100")]
    rule = {"kind": "rating", "levels": [{"rating": standard, "points": points} for standard, points in levels]}
    assert points_of(rule, "0.9") == "90"


@pytest.mark.parametrize(
    ("reached", "points"), [("100", "4.00"), ("110", "4.40"), ("125", "5.00"), ("140", "5.00"), ("75", "3.00")]
)
def test_points_added_and_taken_by_percent(reached: str, points: str) -> None:
    """5 points in all: 4 at the base number, 0.04 for each per cent above it, 0.04 off for each below.

    Source: 采集数量, row `lsgl_cjsl` of `t_khkp_kfxpz`, public seed data of a police's assessment of districts.
    """
    rule = {
        "kind": "steps", "base": "4", "anchor": {"of_target": "1"}, "unit": {"of_target": "0.01"}, "up": "0.04",
        "down": "0.04", "quantise_above": "floor", "quantise_below": "floor",
    }  # fmt: skip
    assert total_of(rule, reached, "100", mark="5") == points


@pytest.mark.parametrize(("cases", "points"), [("10", "6.00"), ("8", "6.40"), ("13", "5.40"), ("0", "8.00")])
def test_points_added_for_less_and_taken_for_more(cases: str, points: str) -> None:
    """8 points in all: 6 for as many burglaries as last month, here 10; each fewer adds 0.2, each more takes 0.2.

    Source: 防控入室盗窃案件, row `fkrsdqaj` of the same seed data; that none at all makes 8 holds of 10 by itself.
    """
    rule = {
        "kind": "steps", "base": "6", "anchor": {"of_target": "1"}, "unit": {"value": "1"}, "up": "0.2", "down": "0.2",
        "quantise_above": "floor", "quantise_below": "floor",
    }  # fmt: skip
    assert total_of(rule, cases, "10", metric="overdue", mark="8") == points


def test_nothing_is_taken_up_to_the_anchor() -> None:
    """2 points for a mean age of at most 42.95, 0.5 off for each year more; 34.6 makes 2.

    Source: item 3.211 of 市委组织部, github.com/nima001/syqdemo.
    """
    rule = {
        "kind": "steps", "base": "2", "anchor": {"value": "42.95"}, "unit": {"value": "1"}, "up": "0", "down": "0.5",
        "quantise_above": "exact", "quantise_below": "floor",
    }  # fmt: skip
    found = [total_of(rule, age, None, metric="overdue", mark="2") for age in ("34.6", "44.95", "50")]
    assert found == ["2.00", "1.00", "0.00"]


@pytest.mark.parametrize(
    ("actual", "target", "points"),
    [("3000", "3000", "100.00"), ("2000", "3000", "66.67"), ("45", "50", "90.00"), ("40", "50", "80.00")],
)
def test_attainment_is_actual_over_target(actual: str, target: str, points: str) -> None:
    """Sources, both with their results.

    Credits of 3,000 and 2,000 against 3,000: Oracle, Examples of Calculating Attainment by Grouped Transactions,
    docs.oracle.com/cd/G44591_01/trans/F77870-09/examples-of-calculating-attainment-by-grouped-transactions.html.
    Profits of 45 and 40 against 50: SAP, Achievement Scores,
    help.sap.com/saphelp_stm75/helpdata/en/79/e2458916994fb89a795dee6965d622/content.htm.
    """
    assert total_of({"kind": "ratio"}, actual, target, mark="100") == points


KPIS = (
    ("growth", "higher", "15", "18", 2500),
    ("satisfaction", "higher", "90", "92", 2000),
    ("resolution_time", "lower", "8", "6.5", 2000),
    ("delivery_rate", "higher", "95", "88", 2000),
    ("absenteeism", "lower", "3", "2.4", 1500),
)


@pytest.mark.parametrize(("cap", "total"), [("120", "110.97"), ("100", "98.53")])
def test_a_scorecard_of_capped_achievements(cap: str, total: str) -> None:
    """Achievements of 120, 102.22, 123.08, 92.63 and 125 %, each cut at the cap, then weighed.

    Table, formulas (actual over target, or target over actual where less is better) and the cap as a choice: KPI
    Achievement Rate, codingace.net/prod/kpi_achievement_rate.html. With a cap of 120: 30 + 20.4444 + 24 + 18.5263 + 18.
    """
    plain = METRICS["overdue"].to_document()
    metrics = {key: read_metric({**plain, "key": key, "direction": direction}) for key, direction, *_ in KPIS}
    items: list[dict[str, Any]] = []
    for key, direction, target, _, weight in KPIS:
        rule = {"kind": "ratio", "form": "direct" if direction == "higher" else "inverse", "cap": cap}
        named = {"key": key, "name": key, "metric": key, "weight": weight}
        items.append({**named, "rule": rule, "default_target": target})
    inputs: dict[str, ItemInput] = {key: given(actual) for key, _, _, actual, _ in KPIS}
    assert str(score_one(read_scheme({"items": items}, metrics), inputs).total) == total


def test_a_stepped_bonus() -> None:
    """Of the target: below 80 % nothing, from 80 % half of the bonus, then 80, 100, 120 and from 120 % on 150 %.

    Source: Stepped Bonus Calculation, calqoo.com/en/financial/performance.
    """
    edges = [None, *({"of_target": share} for share in ("0.8", "0.9", "1", "1.1", "1.2")), None]
    points = ("0", "50", "80", "100", "120", "150")
    listed = [{"from": edges[at], "to": edges[at + 1], "points": each} for at, each in enumerate(points)]
    rule = {"kind": "bands", "bands": listed, "cap": "150"}
    reached = ("79", "80", "89", "90", "100", "110", "120", "200")
    found = [points_of(rule, each, "100") for each in reached]
    assert found == ["0", "50", "50", "80", "100", "120", "150", "150"]


def test_threshold_target_and_maximum_on_a_line() -> None:
    """80 % of the target makes half of the bonus, 100 % all of it, 120 % one and a half, at most.

    Source: table of payouts, businessnewswire.org/?p=2460.
    """
    rule = {
        "kind": "steps", "base": "100", "anchor": {"of_target": "1"}, "unit": {"of_target": "0.01"}, "up": "2.5",
        "down": "2.5", "quantise_above": "exact", "quantise_below": "exact", "cap": "150",
    }  # fmt: skip
    assert [points_of(rule, each, "300") for each in ("240", "300", "360", "400")] == ["50", "100", "150", "150"]


@pytest.mark.parametrize(
    ("first", "second", "payout"), [("2", "1", 60), ("2", "2", 100), ("3", "2", 150), ("3", "3", 200)]
)
def test_two_objectives_of_the_same_weight(first: str, second: str, payout: int) -> None:
    """At target for one and at threshold for the other: 60 %, the average of 100 and 20 %; 200 % is the maximum.

    Source: Bruce Ellig, The Complete Guide to Executive Compensation (2007), p. 352 and table 7-4.
    """
    levels = [("1", "20"), ("2", "100"), ("3", "200")]
    rule = {"kind": "rating", "cap": "200", "levels": [{"rating": at, "points": points} for at, points in levels]}
    named = {"name": "Objective", "metric": "teamwork", "weight": 5000, "rule": rule}
    scheme = read_scheme({"items": [{"key": key, **named} for key in ("a", "b")]})
    assert score_one(scheme, {"a": given(first), "b": given(second)}).total == Decimal(payout)
