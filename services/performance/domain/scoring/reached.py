"""What a person reached of each metric in a whole cycle, for the archive's history."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import ACTUAL_PLACES
from services.performance.domain.scoring.scorecard import Result, ScoredItem
from services.performance.domain.scoring.timeline import Stretch, share_of
from shared.core.decimals import round_half_up, shortest
from shared.core.periods import Period


class Reached(NamedTuple):
    """Target and actual of a person's days in the cycle; None where there is none."""

    metric: str
    target: Decimal | None
    actual: Decimal | None


def reached_in(result: Result, schemes: Mapping[Version, Scheme]) -> list[Reached]:
    """Tell once a metric: sums, and what was asked of them, are added over segments; of others the longest speaks.

    Of several positions at once the last speaks that has a number, since departments have numbers of their own.
    """
    found: dict[str, dict[Period, _Line]] = {}
    for line in _lines(result, schemes):
        own = found.setdefault(line.scored.metric, {})
        before = own.get(line.stretch.period)
        if before is None or before.scored.actual is None or line.follows(before):
            own[line.stretch.period] = line  # items over one metric of a segment all have the same actual, or none
    return [_reached(metric, list(own.values())) for metric, own in found.items()]


class _Line(NamedTuple):
    stretch: Stretch
    share: Fraction
    """Of the cycle's workdays."""
    item: SchemeItem
    scored: ScoredItem

    def follows(self, before: "_Line") -> bool:
        """Tell whether it is a number of a later segment."""
        return self.scored.actual is not None and self.scored.segment > before.scored.segment

    @property
    def asked(self) -> Fraction | None:
        """What was asked of the days in the segment."""
        if self.scored.target is None:
            return None
        proration = self.share if self.scored.proration is None else self.scored.proration
        return Fraction(self.scored.target) * proration * (self.scored.scale or 1)


def _lines(result: Result, schemes: Mapping[Version, Scheme]) -> Iterator[_Line]:
    for at, stretch in enumerate(result.segments):
        if stretch.place.version is not None:
            share = share_of(stretch.workdays, result.workdays)
            pairs = zip(schemes[stretch.place.version].items, result.items_of(at), strict=True)
            yield from (_Line(stretch, share, item, line) for item, line in pairs)


def _reached(metric: str, lines: Sequence[_Line]) -> Reached:
    longest = max(lines, key=lambda line: (line.scored.actual is not None, line.stretch.workdays))
    if not longest.item.metric.cumulative:
        return Reached(metric, longest.scored.target, longest.scored.actual)
    known = [line.scored.actual for line in lines if line.scored.actual is not None]
    return Reached(metric, _asked(lines), sum(known, Decimal(0)) if known else None)


def _asked(lines: Sequence[_Line]) -> Decimal | None:
    """Add up what was asked, to as many places as an actual; None where it is not known of all days."""
    asked = [line.asked for line in lines]
    known = [each for each in asked if each is not None]
    return shortest(round_half_up(sum(known, Fraction(0)), ACTUAL_PLACES)) if len(known) == len(asked) else None
