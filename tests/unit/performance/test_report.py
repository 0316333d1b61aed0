"""Reports: two signals that agree make a finding, one is watched, patterns lead to trainings."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.performance.domain.reports.recommendation import recommendations_from_document
from services.performance.domain.reports.report import Report, write_report
from services.performance.domain.reports.signals import ItemFacts, Lean, signals_of
from services.performance.domain.schemes.rubric import DEFAULT_GRADES
from tests.unit.performance.samples import refusals

CUSTOMER_TRAINING = {
    "key": "sales_without_conversion",
    "when": [{"metric": "sales", "is": "reached"}, {"metric": "conversion*", "is": "low"}],
    "competency": "customer_relationship",
    "training": {"key": "TR-CRM", "name": {"zh": "客户关系管理培训", "en": "Customer relationship training"}},
    "reason": {"zh": "销售达标但转化率低", "en": "Sales reached, conversion low"},
}
TABLE = recommendations_from_document({"rules": [CUSTOMER_TRAINING]})


def numbers(*values: float | str) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(value)) for value in values)


SALES = ItemFacts(
    key="sales", metric="sales", name="销售额", direction="higher", weight=6000,
    actual=Decimal(1_260_000), target=Decimal(1_200_000),
    points=Decimal(60), full_mark=Decimal(100), expected_points=Decimal(60),
)  # fmt: skip
CONVERSION = ItemFacts(
    key="conversion_rate", metric="conversion_rate", name="转化率", direction="higher", weight=3000,
    actual=Decimal("0.11"), target=Decimal("0.20"),
    points=Decimal(55), full_mark=Decimal(100), expected_points=Decimal(100),
)  # fmt: skip
TEAMWORK = ItemFacts(
    key="teamwork", metric="teamwork", name="团队协作", direction="higher", weight=1000,
    actual=Decimal(85), points=Decimal(85), full_mark=Decimal(100), expected_points=Decimal(100),
)  # fmt: skip
AHEAD, BEHIND = numbers(0.05, 0.06, 0.07, 0.08, 0.09), numbers(0.15, 0.16, 0.17, 0.18, 0.19)


def report(*items: ItemFacts, **more: Any) -> Report:
    given: dict[str, Any] = {
        "total": Decimal("61.00"), "grade": "fair", "grade_name": DEFAULT_GRADES[2].name,
        "follow_points": False, "recommendations": TABLE,
    }  # fmt: skip
    return write_report(items, **(given | more))


def leans(facts: ItemFacts) -> dict[str, Lean]:
    return {signal.rule: signal.lean for signal in signals_of(facts)}


@pytest.mark.parametrize(
    ("peers", "history", "verdict", "lean"),
    [
        ((), (), "watch", "down"),
        (BEHIND, (), "weakness", "down"),
        ((), numbers(0.19, 0.2, 0.21, 0.2, 0.18), "weakness", "down"),
        (AHEAD, (), "watch", "mixed"),
        (AHEAD, numbers(0.05, 0.06, 0.07, 0.06), "strength", "up"),
        (BEHIND[:4], (), "watch", "down"),
    ],
)
def test_two_signals_that_agree_make_a_finding(
    peers: Sequence[Decimal], history: Sequence[Decimal], verdict: str, lean: str
) -> None:
    (finding,) = report(replace(CONVERSION, peers=peers, history=history)).findings
    assert (finding.verdict, finding.lean) == (verdict, lean)


def test_reaching_the_target_ahead_of_the_peers_is_a_strength() -> None:
    found = report(replace(SALES, peers=numbers(1, 2, 3, 4, 5)))
    assert [finding.key for finding in found.of("strength")] == ["sales"]
    assert found.directions == ()


def test_somebody_below_target_but_ahead_of_everybody_is_not_called_weak() -> None:
    seller = replace(SALES, actual=Decimal(900_000), peers=numbers(*range(1, 17)), history=numbers(1, 2, 3, 4))
    assert report(seller).findings[0].verdict == "strength"


@pytest.mark.parametrize(
    ("actual", "lean"), [("0.16", "level"), ("0.1599999999", "down"), ("0.2", "up"), ("0.1999999999", "level")]
)
def test_attainment_leans_from_its_thresholds_on(actual: str, lean: Lean) -> None:
    assert leans(replace(CONVERSION, actual=Decimal(actual))) == {"target_attainment": lean}


@pytest.mark.parametrize(("points", "lean"), [("90", "up"), ("89.9", "level"), ("60", "down"), ("60.1", "level")])
def test_without_a_target_the_full_mark_is_the_measure(points: str, lean: Lean) -> None:
    assert leans(replace(TEAMWORK, points=Decimal(points))) == {"points_share": lean}


def test_fewer_than_five_peers_say_nothing() -> None:
    assert "peer_percentile" not in leans(replace(SALES, peers=numbers(1, 2, 3, 4)))
    (_, signal) = signals_of(replace(SALES, peers=numbers(1, 2, 3, 1_260_000, 2_000_000)))
    assert (signal.rule, signal.n, signal.inputs["share"]) == ("peer_percentile", 5, "70")


def test_lower_is_better_turns_every_signal_round() -> None:
    overdue = replace(
        SALES, direction="lower", actual=Decimal(50), target=Decimal(100),
        peers=numbers(60, 70, 80, 90, 100), history=numbers(90, 100, 110, 100),
    )  # fmt: skip
    assert set(leans(overdue).values()) == {"up"}
    assert set(leans(replace(overdue, actual=Decimal(150))).values()) == {"down"}
    assert leans(replace(overdue, actual=Decimal(0), peers=(), history=())) == {"target_met_at_zero": "up"}


def test_one_s_own_past_speaks_from_four_cycles_on_and_only_with_a_spread() -> None:
    assert "own_history" not in leans(replace(SALES, history=numbers(1, 2, 3)))
    assert "own_history" not in leans(replace(SALES, history=numbers(7, 7, 7, 7)))
    ancient = numbers(*[10**9] * 20, 1, 2, 3, 4, 1, 2, 3, 4)
    assert leans(replace(SALES, history=ancient))["own_history"] == "up"


def test_sales_reached_with_low_conversion_leads_to_the_customer_training() -> None:
    found = report(SALES, CONVERSION, TEAMWORK)
    assert [rule.training.name.zh for rule in found.trainings] == ["客户关系管理培训"]
    assert report(replace(SALES, actual=Decimal(1)), CONVERSION).trainings == ()
    assert report(SALES, replace(CONVERSION, actual=Decimal("0.2"))).trainings == ()


def test_directions_come_with_the_largest_gain_first() -> None:
    weak_sales = replace(SALES, actual=Decimal(600_000), points=Decimal(30))
    found = report(CONVERSION, weak_sales, TEAMWORK)
    assert [(advice.key, advice.gap) for advice in found.directions] == [
        ("sales", Decimal(18)),
        ("conversion_rate", Decimal("13.5")),
        ("teamwork", Decimal("1.5")),
    ]
    follows = report(CONVERSION, weak_sales, follow_points=True)
    assert [advice.gap for advice in follows.directions] == [45, 30]


def test_a_finding_stores_its_rule_its_inputs_and_how_many_values() -> None:
    document = report(replace(CONVERSION, peers=BEHIND)).to_document()
    (finding,) = document["weaknesses"]
    assert finding["rule"] == "weakness:target_attainment+peer_percentile"
    assert [(signal["rule"], signal["n"], signal["inputs"]) for signal in finding["signals"]] == [
        ("target_attainment", 1, {"share": "55", "actual": "0.11", "target": "0.2"}),
        ("peer_percentile", 5, {"share": "0", "actual": "0.11"}),
    ]
    assert finding["text"] == {
        "zh": "转化率有待提高：目标达成 55%；在 5 名同岗同事中位于第 0 百分位。",
        "en": "转化率 is a weakness: 55% of target; percentile 0 among 5 peers.",
    }
    assert document["summary"] == {"zh": "总分 61.00，等级合格。", "en": "Total 61.00, grade Fair."}
    assert (document["total"], document["grade"]) == ("61.00", "fair")


def test_a_card_without_a_grade_still_has_a_report() -> None:
    document = report(SALES, total=None, grade=None, grade_name=None).to_document()
    assert (document["total"], document["grade"], document["summary"]["zh"]) == (None, None, "本周期没有等级。")


def test_the_table_of_recommendations_is_data() -> None:
    assert [rule.to_document() for rule in TABLE] == [CUSTOMER_TRAINING]
    assert recommendations_from_document({"rules": []}) == ()


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ({}, {("/rules", "field_missing")}),
        ({"rules": [CUSTOMER_TRAINING, CUSTOMER_TRAINING]}, {("/rules/1/key", "rule_duplicate")}),
        ({"rules": [{**CUSTOMER_TRAINING, "when": []}]}, {("/rules/0/when", "list_invalid")}),
        (
            {"rules": [{**CUSTOMER_TRAINING, "when": [{"metric": "sales", "is": "sad"}], "training": {"key": "x"}}]},
            {("/rules/0/when/0/is", "value_unknown"), ("/rules/0/training/name", "field_missing")},
        ),
    ],
)
def test_a_wrong_table_is_refused_at_its_place(document: object, refused: set[tuple[str, str]]) -> None:
    assert refusals(recommendations_from_document, document) == refused
