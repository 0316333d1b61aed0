"""Metrics, schemes and cycles for tests, as the documents callers post."""

from typing import Any

SALES: dict[str, Any] = {
    "key": "sales",
    "name": "Sales",
    "unit": "currency",
    "direction": "higher",
    "aggregation": "sum",
    "measure": "order.amount",
}
CONVERSION: dict[str, Any] = {
    "key": "conversion_rate",
    "name": "Conversion rate",
    "unit": "ratio",
    "direction": "higher",
    "aggregation": "ratio",
    "numerator": {"measure": "lead.won", "aggregation": "sum", "filters": {}, "credit": "cohort_date"},
    "denominator": {"measure": "lead.created", "aggregation": "sum", "filters": {}, "credit": "own_date"},
}
STEPS: dict[str, Any] = {
    "kind": "steps",
    "base": "60",
    "anchor": {"of_target": "1"},
    "unit": {"value": "100000"},
    "up": "2",
    "down": "proportional",
    "quantise_above": "floor",
    "quantise_below": "exact",
}


def make_item(key: str, weight: int, **overrides: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "metric": key, "weight": weight, "rule": STEPS, **overrides}


def make_scheme_document(**overrides: Any) -> dict[str, Any]:
    """Weigh sales 70 %, conversion 30 % of a fixed target."""
    conversion = {"rule": {"kind": "ratio"}, "default_target": "0.2"}
    items = [make_item("sales", 7000), make_item("conversion_rate", 3000, **conversion)]
    return {"points_basis": "item", "items": items, **overrides}
