"""The rules that benchmarks score by are schemes that the engine would take."""

import pytest

from benchmarks.rules import SCHEMES, metric_documents, own_weights, scheme_document
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme, checked_weights

METRICS = {metric.key: metric for metric in map(Metric.from_document, metric_documents())}


@pytest.mark.parametrize("position", SCHEMES)
def test_two_versions_of_six_items_differ_in_a_rule_and_not_in_a_weight(position: str) -> None:
    first, second = (Scheme.from_document(scheme_document(position, at), metrics=METRICS) for at in (1, 2))
    assert first != second
    assert first.weights == second.weights
    assert len(checked_weights(first, own_weights(position))) == 6
