"""Items of a scorecard as the metrics of a past performance."""

from collections.abc import Iterable

from services.archive.domain.record import PastMetric
from shared.contracts.scores import ItemResult, MetricResult


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
