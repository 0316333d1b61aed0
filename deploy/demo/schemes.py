"""The demo's metrics and schemes, as the documents HR posts."""

from typing import Any

Document = dict[str, Any]


def _sum(key: str, name: str, measure: str, *, unit: str, direction: str = "higher") -> Document:
    return {
        "key": key,
        "name": name,
        "unit": unit,
        "direction": direction,
        "aggregation": "sum",
        "measure": measure,
    }


def _rating(key: str, name: str, measure: str) -> Document:
    return {
        "key": key,
        "name": name,
        "unit": "points",
        "direction": "higher",
        "aggregation": "rating",
        "measure": measure,
    }


METRICS: tuple[Document, ...] = (
    _sum("sales", "销售额", "order.amount", unit="currency"),
    {
        "key": "conversion",
        "name": "转化率",
        "unit": "ratio",
        "direction": "higher",
        "aggregation": "ratio",
        "numerator": {"measure": "lead.won", "aggregation": "sum", "credit": "cohort_date"},
        "denominator": {"measure": "lead.created", "aggregation": "sum"},
    },
    _sum("call_minutes", "通话时长", "call.minutes", unit="minutes"),
    _sum("overdue", "逾期金额", "loan.overdue_amount", unit="currency", direction="lower"),
    _rating("teamwork", "团队协作", "feedback.teamwork"),
    _rating("quality", "工作质量", "feedback.quality"),
)

RATING_RULE: Document = {"kind": "rating", "scale": {"lowest": "0", "highest": "100"}}
SALES_RULE: Document = {
    "kind": "steps",
    "base": "60",
    "anchor": {"of_target": "1"},
    "unit": {"value": "100000"},
    "up": "2",
    "down": "proportional",
    "quantise_above": "floor",
    "quantise_below": "exact",
    "cap": "100",
}
"""Reaching the target gives 60 points, each further 100,000 gives 2; short of it the points fall in proportion."""


def item(metric: str, name: str, weight: int, rule: Document, **more: str) -> Document:
    return {"key": metric, "metric": metric, "name": name, "weight": weight, "rule": rule, **more}


def sales_scheme(*, sales: int = 6000, conversion: int = 3000, teamwork: int = 1000) -> Document:
    """Weigh sales, conversion and teamwork, in basis points."""
    return {
        "points_basis": "item",
        "items": [
            item("sales", "销售额", sales, SALES_RULE),
            item("conversion", "转化率", conversion, {"kind": "ratio", "cap": "100"}, default_target="0.20"),
            item("teamwork", "团队协作", teamwork, RATING_RULE),
        ],
    }


def telesales_scheme() -> Document:
    return {
        "points_basis": "item",
        "items": [
            item("call_minutes", "通话时长", 7000, {"kind": "ratio", "cap": "110"}),
            item("teamwork", "团队协作", 3000, RATING_RULE),
        ],
    }


def risk_scheme() -> Document:
    return {
        "points_basis": "item",
        "items": [
            item("overdue", "逾期金额", 7000, {"kind": "ratio", "form": "complement", "cap": "120"}),
            item("teamwork", "团队协作", 3000, RATING_RULE),
        ],
    }


def common_scheme() -> Document:
    return {
        "points_basis": "item",
        "items": [
            item("quality", "工作质量", 6000, RATING_RULE),
            item("teamwork", "团队协作", 4000, RATING_RULE),
        ],
    }
