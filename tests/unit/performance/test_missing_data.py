"""What a scorecard is worth while data is outstanding, and what each policy makes of it at the end."""

from decimal import Decimal
from typing import Any

import pytest

from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import CardScore, SegmentInput, score_cards
from services.performance.domain.scoring.states import CardState, ItemCode, ItemState
from tests.unit.performance.samples import (
    METRICS,
    SALES,
    STEPS,
    TEAMWORK,
    given,
    item,
    read_metric,
    read_scheme,
    sales_scheme,
    scheme_document,
    score_one,
)

MISSING, PENDING = Actual(ItemState.MISSING), Actual(ItemState.PENDING)
NOT_APPLICABLE = Actual(ItemState.NOT_APPLICABLE)
NUMBERS = {"sales": given("1250000"), "conversion_rate": given("0.18")}
"""38.40 and 27 points of the total."""


def with_policy(policy: str, **more: object) -> Scheme:
    metric = read_metric({**TEAMWORK, "missing": {"policy": policy, **more}})
    return read_scheme(scheme_document(), METRICS | {"teamwork": metric})


def teamwork(card: CardScore) -> tuple[ItemState, ItemCode, Decimal | None]:
    line = card.segments[0][2]
    return line.state, line.code, line.points


@pytest.mark.parametrize("policy", ["pending", "zero", "block"])
@pytest.mark.parametrize("absent", [MISSING, PENDING])
def test_a_provisional_total_counts_what_is_there_and_is_not_rescaled(policy: str, absent: Actual) -> None:
    card = score_one(with_policy(policy), {**NUMBERS, "teamwork": given(absent)}, final=False)
    assert (card.state, card.total, card.grade) == (CardState.PENDING, Decimal("65.40"), None)
    assert card.scored_weight == 9000


@pytest.mark.parametrize("absent", [MISSING, PENDING])
def test_final_zero_counts_an_actual_of_zero(absent: Actual) -> None:
    card = score_one(with_policy("zero"), {**NUMBERS, "teamwork": given(absent)}, final=True)
    assert (card.state, card.total, card.grade) == (CardState.COMPLETE, Decimal("65.40"), "fair")
    assert teamwork(card) == (ItemState.ZERO, ItemCode.MISSING_AS_ZERO, Decimal(0))


def test_a_missing_rating_as_zero_may_lie_below_its_scale() -> None:
    metric = read_metric({**TEAMWORK, "missing": {"policy": "zero"}})
    rule = {"kind": "rating", "scale": {"lowest": "1", "highest": "5"}}
    scheme = read_scheme({"items": [item("teamwork", 10_000, rule)]}, {"teamwork": metric})
    card = score_one(scheme, {"teamwork": given(MISSING)}, final=True)
    assert (card.state, card.total, card.grade) == (CardState.COMPLETE, Decimal("0.00"), "poor")


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("0", (CardState.BLOCKED, ItemState.ERROR, ItemCode.TARGET_ZERO)),
        ("-1", (CardState.BLOCKED, ItemState.ERROR, ItemCode.TARGET_NEGATIVE)),
        (None, (CardState.PENDING, ItemState.PENDING, ItemCode.TARGET_MISSING)),
    ],
)
def test_missing_as_zero_still_needs_a_target_it_can_use(
    target: str | None, outcome: tuple[CardState, ItemState, ItemCode]
) -> None:
    metric = read_metric({**SALES, "missing": {"policy": "zero"}})
    scheme = read_scheme({"items": [item("sales", 10_000, STEPS)]}, {"sales": metric})
    card = score_one(scheme, {"sales": given(MISSING, target)}, final=True)
    line = card.segments[0][0]
    assert (card.state, line.state, line.code) == outcome
    assert (line.points, card.total) == (None, None)


def test_final_exclusion_rescales_the_rest() -> None:
    scheme = with_policy("exclude_and_rescale", limit=1000)
    card = score_one(scheme, {**NUMBERS, "teamwork": given(MISSING)}, final=True)
    assert (card.state, card.total) == (CardState.COMPLETE, Decimal("72.67"))  # 65.4 / 0.9 = 72.666…
    assert teamwork(card) == (ItemState.MISSING, ItemCode.EXCLUDED, None)


def test_exclusion_over_its_limit_blocks() -> None:
    scheme = with_policy("exclude_and_rescale", limit=999)
    card = score_one(scheme, {**NUMBERS, "teamwork": given(MISSING)}, final=True)
    assert (card.state, card.total, card.grade) == (CardState.BLOCKED, None, None)
    assert teamwork(card) == (ItemState.MISSING, ItemCode.EXCLUSION_OVER_LIMIT, None)


def test_the_strictest_limit_holds_for_all_that_is_excluded() -> None:
    generous = {"policy": "exclude_and_rescale", "limit": 9000}
    metrics: dict[str, Any] = {
        key: read_metric({**metric.to_document(), "missing": generous}) for key, metric in METRICS.items()
    }
    metrics["teamwork"] = read_metric({**TEAMWORK, "missing": {**generous, "limit": 3999}})
    items = {"sales": given("1250000"), "conversion_rate": given(MISSING), "teamwork": given(MISSING)}
    card = score_one(read_scheme(scheme_document(), metrics), items, final=True)
    assert card.state is CardState.BLOCKED
    assert [line.code for line in card.segments[0][1:]] == [ItemCode.EXCLUSION_OVER_LIMIT] * 2


def test_final_block_blocks_and_final_pending_waits() -> None:
    blocked = score_one(with_policy("block"), {**NUMBERS, "teamwork": given(MISSING)}, final=True)
    assert (blocked.state, blocked.total) == (CardState.BLOCKED, None)
    assert teamwork(blocked)[1] is ItemCode.MISSING_BLOCKS
    waiting = score_one(with_policy("pending"), {**NUMBERS, "teamwork": given(MISSING)}, final=True)
    assert (waiting.state, waiting.total, waiting.grade) == (CardState.PENDING, Decimal("65.40"), None)


@pytest.mark.parametrize("final", [False, True])
def test_what_does_not_apply_is_taken_out_without_a_limit(final: bool) -> None:  # noqa: FBT001
    items = {"sales": given(NOT_APPLICABLE), "conversion_rate": given("0.18"), "teamwork": given("85")}
    card = score_one(sales_scheme(), items, final=final)
    assert (card.state, card.total) == (CardState.COMPLETE, Decimal("88.75"))  # (27 + 8.5) / 0.4
    assert card.scored_weight == 4000


def test_somebody_to_whom_nothing_applies_is_ungraded() -> None:
    card = score_one(sales_scheme(), dict.fromkeys(sales_scheme().weights, given(NOT_APPLICABLE)), final=True)
    assert (card.state, card.total, card.grade) == (CardState.UNGRADED, None, None)


def test_nothing_scored_is_no_total_and_never_zero() -> None:
    card = score_one(sales_scheme(), dict.fromkeys(sales_scheme().weights, given(PENDING)))
    assert (card.state, card.total, card.scored_weight) == (CardState.PENDING, None, 0)


@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("error", [Actual(ItemState.ERROR, None, ItemCode.VALUE_OUT_OF_RANGE), None])
def test_an_error_blocks_and_is_never_zero(final: bool, error: Actual | None) -> None:  # noqa: FBT001
    sales = given("1250000", "0") if error is None else given(error)
    items = {**NUMBERS, "sales": sales, "teamwork": given("85")}
    card = score_one(sales_scheme(), items, final=final)
    assert (card.state, card.total, card.grade) == (CardState.BLOCKED, None, None)
    assert card.segments[0][0].points is None


def test_the_worst_segment_decides_and_one_that_does_not_count_does_not() -> None:
    scheme = sales_scheme()
    whole = SegmentInput(scheme, {**NUMBERS, "teamwork": given("85")}, workdays=3)
    late = SegmentInput(scheme, {**NUMBERS, "teamwork": given(PENDING)}, workdays=1)
    absent = SegmentInput(scheme, dict.fromkeys(scheme.weights, given(NOT_APPLICABLE)), workdays=50)
    empty = SegmentInput(scheme, {**NUMBERS, "sales": given("1", "0"), "teamwork": given("85")}, workdays=0)
    pending, complete = score_cards([[whole, late], [absent, whole, empty]], rubric=scheme.rubric, final=True)
    assert (pending.state, pending.scored_weight) == (CardState.PENDING, 9750)
    assert pending.total == Decimal("71.78")  # (73.9 · 3 + 65.4) / 4 = 71.775
    assert (complete.state, complete.total) == (CardState.COMPLETE, Decimal("73.90"))
