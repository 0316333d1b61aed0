"""Items of a scorecard as the metrics of a past performance."""

from collections.abc import Iterable

from services.archive.domain.record import PastMetric
from shared.contracts.scores import ItemResult


def past_metrics(items: Iterable[ItemResult]) -> tuple[PastMetric, ...]:
    return tuple(PastMetric(item.metric, item.target, item.actual) for item in items)
