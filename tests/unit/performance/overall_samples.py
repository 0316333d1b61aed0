"""Bonuses, penalties and vetoes beside the scheme of the worked examples."""

from collections.abc import Mapping
from typing import Any

from services.performance.domain.schemes.scheme import Scheme
from tests.unit.performance.samples import METRICS, given, read_metric, read_scheme, scheme_document

COMPLAINTS = {
    "key": "complaints", "name": "投诉", "unit": "count", "direction": "lower", "aggregation": "count",
    "measure": "complaint", "missing": {"policy": "zero"},
}  # fmt: skip
KNOWN = {
    **METRICS,
    "complaints": read_metric(COMPLAINTS),
    "team_sales": read_metric({**METRICS["sales"].to_document(), "key": "team_sales", "level": "department"}),
}
ITEMS = {"sales": given("1250000"), "conversion_rate": given("0.18"), "teamwork": given("85")}
"""64, 90 and 85 points: 73.90 together."""
A_COMPLAINT = {
    "kind": "steps", "base": "0", "anchor": {"value": "0"}, "unit": {"value": "1"}, "up": "2", "down": "0",
    "quantise_above": "exact", "quantise_below": "exact",
}  # fmt: skip
PENALTY = {"key": "penalty", "name": "投诉", "metric": "complaints", "rule": A_COMPLAINT, "full_mark": "10"}
BONUS: dict[str, Any] = {
    "key": "bonus", "name": "大单奖励", "metric": "sales", "full_mark": "5",
    "rule": {"kind": "binary", "threshold": {"value": "1200000"}},
}  # fmt: skip


def veto(scope: Mapping[str, str], effect: Mapping[str, str], **more: object) -> dict[str, Any]:
    return {
        "key": "veto", "name": "重大投诉", "metric": "complaints", "when": {"at_least": {"value": "1"}},
        "scope": scope, "effect": effect, **more,
    }  # fmt: skip


def sales_with(basis: str = "item", **more: object) -> Scheme:
    document = scheme_document(basis)
    for line, dimension in zip(document["items"], ("results", "results", "conduct"), strict=True):
        line["dimension"] = dimension
    return read_scheme({**document, **more}, KNOWN)
