"""A scorecard as a past performance: the metrics of its items, and what was computed where it is calibrated."""

from collections.abc import Iterable

from services.archive.domain.record import PastComputed, PastMetric
from shared.contracts.scores import Computed, ItemResult, MetricResult


def past_metrics(items: Iterable[ItemResult], metrics: Iterable[MetricResult] | None = None) -> tuple[PastMetric, ...]:
    """Take what was reached of each metric; where only items are told of, one metric counts once."""
    if metrics is None:
        metrics = [
            MetricResult(metric=item.metric, target=item.target, actual=item.actual)
            for item in items
            if item.role == "weighted"
        ]
    by_key = {each.metric: each for each in metrics}
    return tuple(PastMetric(each.metric, each.target, each.actual) for each in by_key.values())


def past_computed(computed: Computed | None) -> PastComputed | None:
    return None if computed is None else PastComputed(computed.total, computed.grade)
