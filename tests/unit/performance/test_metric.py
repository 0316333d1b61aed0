"""Metrics as documents, and which of them grow with time."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.performance.domain.schemes.metric import Metric
from tests.unit.performance.samples import CONVERSION, METRICS, OVERDUE, SALES, TEAMWORK, read_metric, refusals

DISTINCT = {**SALES, "aggregation": "count_distinct", "distinct_by": "customer"}
FILTERED = {**SALES, "filters": {"channel": ["direct", "partner"]}, "missing": {"policy": "zero"}}
EXCLUDED = {**TEAMWORK, "missing": {"policy": "exclude_and_rescale", "limit": 2000}}


@pytest.mark.parametrize("document", [SALES, CONVERSION, TEAMWORK, OVERDUE, DISTINCT, FILTERED, EXCLUDED])
def test_a_metric_is_written_as_it_was_read(document: Mapping[str, Any]) -> None:
    metric = read_metric(document)
    assert read_metric(metric.to_document()) == metric


def test_a_ratio_credits_each_side_by_its_own_date() -> None:
    won, created = METRICS["conversion_rate"].sides
    assert (won.credit, created.credit) == ("cohort_date", "own_date")
    assert METRICS["conversion_rate"].measures == {"lead.won", "lead.created"}


@pytest.mark.parametrize(
    ("aggregation", "cumulative"),
    [
        ("sum", True),
        ("count", True),
        ("mean", False),
        ("last", False),
        ("max", False),
        ("min", False),
        ("rating", False),
    ],
)
def test_only_what_grows_with_time_is_prorated(aggregation: str, cumulative: bool) -> None:  # noqa: FBT001
    assert read_metric({**SALES, "aggregation": aggregation}).cumulative is cumulative
    assert METRICS["conversion_rate"].cumulative is False


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ([], {("", "object_expected")}),
        ({**SALES, "aggregation": "median"}, {("/aggregation", "value_unknown")}),
        ({**SALES, "direction": "sideways"}, {("/direction", "value_unknown")}),
        ({**SALES, "key": ""}, {("/key", "text_invalid")}),
        ({**SALES, "key": "x" * 201}, {("/key", "text_invalid")}),
        ({**SALES, "filters": {"a/b": "direct", "c": []}}, {
            ("/filters/a~1b", "filter_invalid"), ("/filters/c", "filter_invalid"),
        }),
        ({**SALES, "aggregation": "count_distinct"}, {("/distinct_by", "field_missing")}),
        ({**SALES, "numerator": {}}, {("/numerator", "field_unknown")}),
        ({**SALES, "missing": {"policy": "ignore"}}, {("/missing/policy", "value_unknown")}),
        ({**SALES, "missing": {"policy": "exclude_and_rescale"}}, {("/missing/limit", "field_missing")}),
        ({**SALES, "missing": {"policy": "exclude_and_rescale", "limit": 10_000}}, {
            ("/missing/limit", "integer_invalid"),
        }),
        ({**SALES, "missing": {"policy": "zero", "limit": 5}}, {("/missing/limit", "field_unknown")}),
        ({**CONVERSION, "denominator": {"measure": "lead.created", "aggregation": "mean", "credit": "birthday"}}, {
            ("/denominator/aggregation", "value_unknown"), ("/denominator/credit", "value_unknown"),
        }),
        ({**SALES, "freshness": {"max_age_workdays": 3, "sources": {"erp": -1, "crm": 0}}}, {
            ("/freshness/sources/erp", "integer_invalid"),
        }),
        ({"key": "sales"}, {
            ("/name", "field_missing"), ("/unit", "field_missing"), ("/direction", "field_missing"),
            ("/aggregation", "field_missing"), ("/measure", "field_missing"),
        }),
    ],
)  # fmt: skip
def test_a_wrong_metric_is_refused_at_its_place(document: object, refused: set[tuple[str, str]]) -> None:
    assert refusals(Metric.from_document, document) == refused
