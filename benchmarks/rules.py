"""Metrics of a group of companies, and schemes of six items each in two versions of which the second asks more."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
SCHEMES: Mapping[str, Sequence[str]] = {
    "field": ("sales", "conversion", "teamwork", "orders", "visits", "attendance"),
    "phone": ("sales", "conversion", "teamwork", "orders", "complaints", "attendance"),
    "credit": ("sales", "conversion", "teamwork", "overdue", "visits", "complaints"),
    "care": ("sales", "conversion", "teamwork", "overdue", "complaints", "attendance"),
}
"""By the key of the position that is scored by it."""
WEIGHTS = (3000, 2500, 1500, 1200, 1000, 800)
OWN_WEIGHTS = (2500, 3000, 1200, 1500, 1000, 800)
"""What a department's plan sets instead."""
METRICS: Sequence[Json] = (
    {"key": "sales", "unit": "currency", "direction": "higher", "aggregation": "sum", "measure": "order.amount"},
    {"key": "orders", "unit": "count", "direction": "higher", "aggregation": "count", "measure": "order.amount"},
    {
        "key": "conversion",
        "unit": "ratio",
        "direction": "higher",
        "aggregation": "ratio",
        "numerator": {"measure": "lead.won", "aggregation": "count", "credit": "cohort_date"},
        "denominator": {"measure": "lead.created", "aggregation": "count"},
    },
    {"key": "teamwork", "unit": "points", "direction": "higher", "aggregation": "rating", "measure": "feedback"},
    {"key": "attendance", "unit": "ratio", "direction": "higher", "aggregation": "mean", "measure": "attendance"},
    {"key": "complaints", "unit": "count", "direction": "lower", "aggregation": "count", "measure": "complaint"},
    {"key": "overdue", "unit": "currency", "direction": "lower", "aggregation": "sum", "measure": "loan.overdue"},
    {
        "key": "visits",
        "unit": "count",
        "direction": "higher",
        "aggregation": "sum",
        "measure": "visit",
        "level": "department",
    },
)


def metric_documents() -> list[Json]:
    return [{"name": metric["key"], **metric} for metric in METRICS]


def scheme_document(position: str, version: int) -> Json:
    """Give version 1 or 2 of a scheme; the second moves the points of everybody, and no weight."""
    rules = _rules(version)
    items = [
        {"key": key, "name": key, "metric": key, "weight": weight, **rules[key]}
        for key, weight in zip(SCHEMES[position], WEIGHTS, strict=True)
    ]
    return {"points_basis": "item", "items": items}


def own_weights(position: str) -> dict[str, int]:
    return dict(zip(SCHEMES[position], OWN_WEIGHTS, strict=True))


def _rules(version: int) -> Mapping[str, Json]:
    steps = {
        "kind": "steps",
        "base": "60" if version == 1 else "58",
        "anchor": {"of_target": "1"},
        "unit": {"value": "10000"},
        "up": "2",
        "down": "proportional",
        "quantise_above": "floor",
        "quantise_below": "exact",
        "cap": "100",
    }
    baseline = {"value": "0.01" if version == 1 else "0.02"}
    attended = {"unacceptable": {"value": "0.8"}, "satisfactory": {"value": "0.98"}}
    bands = [
        {"to": {"of_target": "0.8"}, "points": "40"},
        {"from": {"of_target": "0.8"}, "to": {"of_target": "1"}, "points": "70"},
        {"from": {"of_target": "1"}, "points": "100"},
    ]
    return {
        "sales": {"rule": steps, "default_target": "400000"},
        "orders": {"rule": {"kind": "ratio", "form": "direct", "cap": "120"}, "default_target": "4"},
        "conversion": {"rule": {"kind": "interpolation", "baseline": baseline}, "default_target": "0.3"},
        "teamwork": {"rule": {"kind": "rating", "scale": {"lowest": "0", "highest": "100"}}},
        "attendance": {"rule": {"kind": "efficacy", **attended}},
        "complaints": {"rule": {"kind": "deduction", "each": "5"}},
        "overdue": {"rule": {"kind": "ratio", "form": "complement"}, "default_target": "20000"},
        "visits": {"rule": {"kind": "bands", "bands": bands}, "default_target": "1000"},
    }
