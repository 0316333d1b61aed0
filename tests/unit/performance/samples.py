"""Documents and builders the tests of the domain share."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import CardScore, ItemInput, SegmentInput, score_cards
from services.performance.domain.scoring.states import ItemState
from shared.core.errors import Invalid

WHOLE = Fraction(1)


def read_metric(document: object) -> Metric:
    return Metric.from_document(document)


SALES = {
    "key": "sales", "name": "销售额", "unit": "currency", "direction": "higher",
    "aggregation": "sum", "measure": "order.amount",
}  # fmt: skip
CONVERSION = {
    "key": "conversion_rate", "name": "转化率", "unit": "ratio", "direction": "higher", "aggregation": "ratio",
    "numerator": {"measure": "lead.won", "aggregation": "count", "credit": "cohort_date"},
    "denominator": {"measure": "lead.created", "aggregation": "count"},
}  # fmt: skip
TEAMWORK = {
    "key": "teamwork", "name": "团队协作", "unit": "points", "direction": "higher",
    "aggregation": "rating", "measure": "feedback.teamwork",
}  # fmt: skip
OVERDUE = {
    "key": "overdue", "name": "逾期金额", "unit": "currency", "direction": "lower",
    "aggregation": "sum", "measure": "loan.overdue_amount",
}  # fmt: skip
METRICS = {metric.key: metric for metric in map(read_metric, (SALES, CONVERSION, TEAMWORK, OVERDUE))}

STEPS = {
    "kind": "steps", "base": "60", "anchor": {"of_target": "1"}, "unit": {"value": "100000"}, "up": "2",
    "down": "proportional", "quantise_above": "floor", "quantise_below": "exact", "cap": "100",
}  # fmt: skip
RATIO = {"kind": "ratio", "form": "direct"}
RATING = {"kind": "rating"}


def item(key: str, weight: int, rule: Mapping[str, Any], **more: object) -> dict[str, Any]:
    named = {"key": key, "name": METRICS[key].name, "metric": key}
    return {**named, "weight": weight, "rule": dict(rule), **more}


def scheme_document(basis: str = "item") -> dict[str, Any]:
    """The sales scheme of the worked examples: sales 60 %, conversion 30 %, teamwork 10 %."""
    return {
        "points_basis": basis,
        "items": [
            item("sales", 6000, STEPS, default_target="1000000"),
            item("conversion_rate", 3000, RATIO, default_target="0.20"),
            item("teamwork", 1000, RATING),
        ],
    }


def sales_scheme(basis: str = "item") -> Scheme:
    return read_scheme(scheme_document(basis))


def read_scheme(document: object, metrics: Mapping[str, Metric] = METRICS) -> Scheme:
    return Scheme.from_document(document, metrics=metrics)


def single(rule: Mapping[str, Any], *, metric: str = "sales", **more: object) -> Scheme:
    """A scheme of one item that weighs everything."""
    return read_scheme({"items": [item(metric, 10_000, rule, **more)]})


def measured(text: str) -> Actual:
    value = Decimal(text)
    return Actual(ItemState.VALUE if value else ItemState.ZERO, value)


def given(
    actual: str | Actual,
    target: str | None = None,
    *,
    weight: int | None = None,
    proration: Fraction = WHOLE,
    share: Fraction = WHOLE,
) -> ItemInput:
    known = measured(actual) if isinstance(actual, str) else actual
    return ItemInput(known, None if target is None else Decimal(target), weight, proration, share)


def score_one(scheme: Scheme, items: Mapping[str, ItemInput], *, final: bool = False) -> CardScore:
    (card,) = score_cards([[SegmentInput(scheme, items)]], rubric=scheme.rubric, final=final)
    return card


def points_of(rule: Mapping[str, Any], actual: str, target: str | None = None, *, metric: str = "sales") -> str:
    """Score one actual by one rule; the item's state where there are no points."""
    card = score_one(single(rule, metric=metric), {metric: given(actual, target)})
    line = card.segments[0][0]
    return f"{line.points.normalize():f}" if line.points is not None else f"{line.state.label}:{line.code.label}"


def refusals(read: Any, *args: object, **kwargs: object) -> set[tuple[str, str]]:
    """Give pointer and code of everything `read` refuses."""
    with pytest.raises(Invalid) as caught:
        read(*args, **kwargs)
    return {(violation.pointer, violation.code) for violation in caught.value.violations}
