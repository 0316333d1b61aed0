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
    found: dict[str, dict[int, _Line]] = {}
    for line in _lines(result, schemes):
        own = found.setdefault(line.scored.metric, {})
        if line.scored.segment not in own or own[line.scored.segment].scored.actual is None:
            own[line.scored.segment] = line  # of several items over one metric all have the same actual, or none
    return [_reached(metric, list(own.values())) for metric, own in found.items()]


class _Line(NamedTuple):
    workdays: int
    item: SchemeItem
    scored: ScoredItem


def _lines(result: Result, schemes: Mapping[Version, Scheme]) -> Iterator[_Line]:
    for at, segment in enumerate(result.segments):
        if segment.place.version is not None:
            pairs = zip(schemes[segment.place.version].items, result.items_of(at), strict=True)
            yield from (_Line(segment.workdays, item, line) for item, line in pairs)


def _reached(metric: str, lines: list[_Line]) -> Reached:
    longest = max(lines, key=lambda line: (line.scored.actual is not None, line.workdays))
    known = [line.scored.actual for line in lines if line.scored.actual is not None]
    actual = sum(known, Decimal(0)) if longest.item.metric.cumulative and known else longest.scored.actual
    return Reached(metric, longest.scored.target, actual)
