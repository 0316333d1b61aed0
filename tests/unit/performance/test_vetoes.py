"""Bonuses and penalties beside the weighted sum, vetoes above it, worked by hand."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from services.performance.domain.explaining.explanation import explain
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import (
    CardScore,
    ItemInput,
    OverallInput,
    SegmentInput,
    on_target_score,
    score_cards,
)
from services.performance.domain.scoring.states import CardState, ItemState
from tests.unit.performance.overall_samples import BONUS, COMPLAINTS, ITEMS, KNOWN, PENALTY, sales_with, veto
from tests.unit.performance.samples import METRICS, given, item, read_metric, read_scheme, scheme_document


def scored(scheme: Scheme, overall: Mapping[str, ItemInput], *, final: bool = True) -> CardScore:
    (card,) = score_cards(
        [[SegmentInput(scheme, ITEMS)]],
        rubric=scheme.rubric,
        final=final,
        overall=OverallInput(scheme, [overall]),
    )
    return card


def test_bonus_and_penalty_add_their_points_as_they_are() -> None:
    scheme = sales_with(bonuses=[BONUS], penalties=[PENALTY])
    totals = [
        str(scored(scheme, {"bonus": given(sales), "penalty": given(complaints)}).total)
        for sales, complaints in (("1200000", "0"), ("1199999", "0"), ("1200000", "2"), ("0", "99"))
    ]
    assert totals == ["78.90", "73.90", "74.90", "63.90"]


def test_the_score_of_reaching_every_target_leaves_them_out() -> None:
    assert on_target_score(sales_with(bonuses=[BONUS], penalties=[PENALTY])) == Decimal("76.00")


@pytest.mark.parametrize(
    ("basis", "scope", "effect", "total"),
    [
        ("item", {"kind": "total"}, {"kind": "zero"}, "0.00"),
        ("item", {"kind": "total"}, {"kind": "cap_score", "limit": "59"}, "59.00"),
        ("item", {"kind": "total"}, {"kind": "cap_score", "limit": "99"}, "73.90"),
        ("item", {"kind": "item", "key": "sales"}, {"kind": "zero"}, "35.50"),
        ("item", {"kind": "item", "key": "conversion_rate"}, {"kind": "cap_score", "limit": "60"}, "64.90"),
        ("item", {"kind": "dimension", "key": "results"}, {"kind": "zero"}, "8.50"),
        ("item", {"kind": "dimension", "key": "results"}, {"kind": "cap_score", "limit": "60"}, "62.50"),
        ("weight", {"kind": "item", "key": "sales"}, {"kind": "cap_score", "limit": "40"}, "75.50"),
        ("weight", {"kind": "dimension", "key": "results"}, {"kind": "cap_score", "limit": "40"}, "48.50"),
    ],
)
def test_a_veto_acts_in_every_scope_and_keeps_what_was_before(
    basis: str, scope: Mapping[str, str], effect: Mapping[str, str], total: str
) -> None:
    """On the weight basis sales give 64, conversion 27, teamwork 8.5: 99.50."""
    card = scored(sales_with(basis, vetoes=[veto(scope, effect)]), {"veto": given("1")})
    assert str(card.total) == total
    assert card.before_veto is not None
    assert str(card.before_veto.total) == ("73.90" if basis == "item" else "99.50")


@pytest.mark.parametrize(
    ("basis", "scope", "total"),
    [
        ("weight", {"kind": "item", "key": "sales"}, "32.14"),  # 20 + 8.5 / 70 %
        ("weight", {"kind": "dimension", "key": "results"}, "32.14"),
        ("item", {"kind": "item", "key": "sales"}, "29.29"),  # (60·20 + 10·85) / 70
        ("item", {"kind": "dimension", "key": "results"}, "29.29"),
    ],
)
def test_a_limit_on_the_weight_basis_holds_for_what_counts_once_the_rest_is_rescaled(
    basis: str, scope: Mapping[str, str], total: str
) -> None:
    scheme = sales_with(basis, vetoes=[veto(scope, {"kind": "cap_score", "limit": "20"})])
    taken_out = ItemInput(Actual(ItemState.NOT_APPLICABLE))
    (card,) = score_cards(
        [[SegmentInput(scheme, {**ITEMS, "conversion_rate": taken_out})]],
        rubric=scheme.rubric,
        final=True,
        overall=OverallInput(scheme, [{"veto": given("1")}]),
    )
    assert str(card.total) == total


def test_a_veto_may_cap_the_grade_alone() -> None:
    scheme = sales_with("weight", vetoes=[veto({"kind": "total"}, {"kind": "cap_grade", "grade": "fair"})])
    card = scored(scheme, {"veto": given("3")})
    assert (str(card.total), card.grade) == ("99.50", "fair")
    assert card.before_veto is not None
    assert card.before_veto.grade == "excellent"


def test_a_veto_that_does_not_fire_leaves_no_trace_in_the_result() -> None:
    scheme = sales_with(vetoes=[veto({"kind": "total"}, {"kind": "zero"})])
    card = scored(scheme, {"veto": given("0")})
    assert (str(card.total), card.before_veto) == ("73.90", None)


def test_it_acts_after_bonus_and_penalty_and_after_the_floor() -> None:
    scheme = sales_with(
        bonuses=[BONUS], vetoes=[veto({"kind": "total"}, {"kind": "zero"})], total_floor="10", total_cap="75"
    )
    fires, spares = (scored(scheme, {"bonus": given("1200000"), "veto": given(n)}) for n in ("1", "0"))
    assert (str(fires.total), str(spares.total)) == ("0.00", "75.00")
    assert fires.before_veto is not None
    assert str(fires.before_veto.total) == "75.00"


@pytest.mark.parametrize(
    ("policy", "final", "state", "total"),
    [
        ("zero", True, CardState.COMPLETE, "73.90"),
        ("zero", False, CardState.PENDING, "73.90"),
        ("pending", True, CardState.PENDING, "73.90"),
        ("exclude_and_rescale", True, CardState.COMPLETE, "73.90"),
        ("block", True, CardState.BLOCKED, "None"),
    ],
)
def test_a_veto_on_a_missing_value_never_fires_and_its_metric_says_what_follows(
    policy: str,
    final: bool,  # noqa: FBT001 -- a column of the table
    state: CardState,
    total: str,
) -> None:
    limit = {"limit": 100} if policy == "exclude_and_rescale" else {}
    metric = read_metric({**COMPLAINTS, "missing": {"policy": policy, **limit}})
    document = {**scheme_document(), "vetoes": [veto({"kind": "total"}, {"kind": "zero"})]}
    scheme = read_scheme(document, {**METRICS, "complaints": metric})
    card = scored(scheme, {"veto": ItemInput(Actual(ItemState.MISSING))}, final=final)
    assert (card.state, str(card.total), card.before_veto) == (state, total, None)


@pytest.mark.parametrize(
    ("when", "policy", "state", "total"),
    [
        ({"at_most": {"value": "0"}}, {"policy": "zero"}, CardState.COMPLETE, "0.00"),
        ({"below": {"value": "1"}}, {"policy": "zero"}, CardState.COMPLETE, "0.00"),
        ({"below": {"value": "0"}}, {"policy": "zero"}, CardState.COMPLETE, "73.90"),
        ({"at_most": {"value": "0"}}, {"policy": "pending"}, CardState.PENDING, "73.90"),
        ({"below": {"value": "1"}}, {"policy": "exclude_and_rescale", "limit": 100}, CardState.COMPLETE, "73.90"),
    ],
)
def test_what_is_missing_fires_a_veto_of_too_little_only_where_it_counts_as_zero(
    when: Mapping[str, Any], policy: Mapping[str, Any], state: CardState, total: str
) -> None:
    """The floor of visits that nobody reported: nothing came, so `at_most` and `below` see a zero, or see nothing."""
    metric = read_metric({**COMPLAINTS, "missing": policy})
    document = {**scheme_document(), "vetoes": [veto({"kind": "total"}, {"kind": "zero"}, when=when)]}
    card = scored(
        read_scheme(document, {**METRICS, "complaints": metric}), {"veto": ItemInput(Actual(ItemState.MISSING))}
    )
    assert (card.state, str(card.total)) == (state, total)
    assert (card.before_veto is None) == (total != "0.00")


def test_several_vetoes_leave_the_least_that_any_of_them_leaves() -> None:
    vetoes = [
        veto({"kind": "item", "key": "sales"}, {"kind": "zero"}),
        veto({"kind": "dimension", "key": "results"}, {"kind": "cap_score", "limit": "20"}, key="second"),
        veto({"kind": "total"}, {"kind": "cap_score", "limit": "30"}, key="third", when={"above": {"value": "5"}}),
    ]
    scheme = sales_with(vetoes=vetoes)
    totals = [str(scored(scheme, dict.fromkeys(("veto", "second", "third"), given(n))).total) for n in ("5", "6")]
    assert totals == ["26.50", "26.50"]
    spared = scored(scheme, {"veto": given("0"), "second": given("0"), "third": given("6")})
    assert str(spared.total) == "30.00"


def test_the_condition_may_follow_the_target() -> None:
    scheme = sales_with(
        vetoes=[veto({"kind": "total"}, {"kind": "zero"}, metric="sales", when={"below": {"of_target": "0.8"}})]
    )
    totals = [str(scored(scheme, {"veto": given("800000", target)}).total) for target in ("1000000", "1000001")]
    assert totals == ["73.90", "0.00"]
    assert scored(scheme, {"veto": given("800000")}).state is CardState.PENDING


def test_the_explanation_says_what_fired_and_what_it_left() -> None:
    scheme = sales_with(
        bonuses=[BONUS], penalties=[PENALTY], vetoes=[veto({"kind": "total"}, {"kind": "cap_score", "limit": "59"})]
    )
    overall = {"bonus": given("1200000"), "penalty": given("2"), "veto": given("1")}
    explained = explain(
        [SegmentInput(scheme, ITEMS)],
        rubric=scheme.rubric,
        final=True,
        overall=OverallInput(scheme, [overall]),
    )
    assert [each["sentence"]["en"] for each in explained["adjustments"]] == [
        "大单奖励: actual 1200000; reached: 5 points; adds 5.",
        "投诉: actual 2; 0 points at 0, +2 for each 1 beyond, 2 units: 4 points; takes 4 off.",
    ]
    assert explained["vetoes"][0]["sentence"] == {
        "zh": "重大投诉：实际 1；触发否决。总分不超过 59 分。",
        "en": "重大投诉: actual 1; the veto fires. The total is 59 at most.",
    }
    assert explained["sentence"]["zh"] == "合计 73.9，加减分 1，否决前 74.90，总分 59.00，等级待改进。"


ZERO: Mapping[str, str] = {"kind": "zero"}


@pytest.mark.parametrize(
    ("scope", "zh", "en"),
    [
        ({"kind": "total"}, "总分不超过 0 分。", "The total is 0 at most."),
        ({"kind": "item", "key": "sales"}, "指标「销售额」不超过 0 分。", "Item 销售额 gives 0 at most."),
        ({"kind": "dimension", "key": "results"}, "维度「results」不超过 0 分。", "Dimension results gives 0 at most."),
    ],
)
def test_a_veto_never_raises_and_says_so(scope: Mapping[str, str], zh: str, en: str) -> None:
    """Of 0 sales against a baseline of half the target there are -100 points: the veto of the total leaves -80."""
    lines = [item("sales", 10_000, {"kind": "interpolation", "baseline": {"of_target": "0.5"}, "floor": "-80"})]
    lines[0]["dimension"] = "results"
    scheme = read_scheme({"items": lines, "total_floor": "-1000", "vetoes": [veto(scope, ZERO)]}, KNOWN)
    overall = OverallInput(scheme, [{"veto": given("1")}])
    card = [SegmentInput(scheme, {"sales": given("0", "1000")})]
    explained = explain(card, rubric=scheme.rubric, final=True, overall=overall)
    assert explained["total"] == "-80.00"
    said = explained["vetoes"][0]["sentence"]
    assert (said["zh"], said["en"]) == (
        f"重大投诉：实际 1；触发否决。{zh}",
        f"重大投诉: actual 1; the veto fires. {en}",
    )


def test_an_absolute_condition_is_not_said_to_be_prorated() -> None:
    scheme = sales_with(vetoes=[veto({"kind": "total"}, ZERO, when={"at_least": {"value": "3"}})])
    overall = OverallInput(scheme, [{"veto": given("2", proration=Fraction(1, 2))}])
    explained = explain([SegmentInput(scheme, ITEMS)], rubric=scheme.rubric, final=True, overall=overall)
    assert explained["vetoes"][0]["sentence"]["en"] == "重大投诉: actual 2; the veto does not fire."


def test_an_absolute_condition_is_not_prorated_and_one_of_the_target_is() -> None:
    """Half of the days: three complaints are three, and of 800,000 half is asked for."""
    half = Fraction(1, 2)
    events = sales_with(vetoes=[veto({"kind": "total"}, {"kind": "zero"}, when={"at_least": {"value": "3"}})])
    assert [str(scored(events, {"veto": given(n, proration=half)}).total) for n in ("2", "3")] == ["73.90", "0.00"]
    below = {"metric": "sales", "when": {"below": {"of_target": "0.8"}}}
    share = sales_with(vetoes=[veto({"kind": "total"}, {"kind": "zero"}, **below)])
    totals = [str(scored(share, {"veto": given(n, "1000000", proration=half)}).total) for n in ("400000", "399999")]
    assert totals == ["73.90", "0.00"]


def test_a_veto_of_a_part_leaves_segments_on_another_basis_alone() -> None:
    document = {"vetoes": [veto({"kind": "item", "key": "sales"}, {"kind": "cap_score", "limit": "30"})]}
    before, closing = sales_with("item"), sales_with("weight", **document)
    (card,) = score_cards(
        [[SegmentInput(before, ITEMS), SegmentInput(closing, ITEMS)]],
        rubric=closing.rubric,
        final=True,
        overall=OverallInput(closing, [{"veto": given("1")}]),
    )
    assert str(card.total) == "69.70"  # (73.90 + 99.50 - 34) / 2
