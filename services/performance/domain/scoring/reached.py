"""What a person reached of each metric in a whole cycle, for the archive's history."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.scorecard import Result, ScoredItem


class Reached(NamedTuple):
    """Target and actual of the whole cycle; None where there is none."""

    metric: str
    target: Decimal | None
    actual: Decimal | None


def reached_in(result: Result, schemes: Mapping[Version, Scheme]) -> list[Reached]:
    """Tell once a metric: sums are added over segments; of rates, ratings and gauges the longest segment speaks."""
    found: dict[str, list[tuple[int, SchemeItem, ScoredItem]]] = {}
    for workdays, item, line in _lines(result, schemes):
        found.setdefault(line.metric, []).append((workdays, item, line))
    return [_reached(metric, lines) for metric, lines in found.items()]


def _lines(result: Result, schemes: Mapping[Version, Scheme]) -> Iterator[tuple[int, SchemeItem, ScoredItem]]:
    for at, segment in enumerate(result.segments):
        if segment.place.version is not None:
            pairs = zip(schemes[segment.place.version].items, result.items_of(at), strict=True)
            yield from ((segment.workdays, item, line) for item, line in pairs)


def _reached(metric: str, lines: list[tuple[int, SchemeItem, ScoredItem]]) -> Reached:
    _, item, longest = max(lines, key=lambda each: (each[2].actual is not None, each[0]))
    known = [line.actual for _, _, line in lines if line.actual is not None]
    actual = sum(known, Decimal(0)) if item.metric.cumulative and known else longest.actual
    return Reached(metric, longest.target, actual)
