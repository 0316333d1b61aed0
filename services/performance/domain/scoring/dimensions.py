"""What a result comes to by dimension, such as results, ability and attitude: derived from its items, never kept.

Items weigh as they do in the total: the contributions of all dimensions, and of the items without one, sum to what the
segments combine to, before bonuses, penalties, vetoes, bounds and rounding.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.item import PointsBasis
from services.performance.domain.schemes.metric import FULL_WEIGHT
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.item_scoring import POINTS_PLACES
from services.performance.domain.scoring.scorecard import Result, ScoredItem
from services.performance.domain.scoring.states import CardState, ItemCode, ItemState
from shared.core.decimals import round_half_up, to_scaled

_MILLION = 10**POINTS_PLACES
_ERROR, _NOT_APPLICABLE, _EXCLUDED = ItemState.ERROR.label, ItemState.NOT_APPLICABLE.label, ItemCode.EXCLUDED.label
_BLOCKING = {ItemCode.MISSING_BLOCKS.label, ItemCode.EXCLUSION_OVER_LIMIT.label}


@dataclass(frozen=True, slots=True)
class Dimension:
    key: str | None
    """None for the items without one."""
    state: CardState
    """`UNGRADED` where nothing of it applies."""
    points_basis: PointsBasis | None
    """None where segments differ in it: then their points do not combine."""
    weight: Fraction
    """Basis points, averaged over the segments by workdays."""
    scored_weight: Fraction
    """What of it has points."""
    points: Decimal | None
    """The mean of the scored items' points by weight and workdays, on the weight basis their sum; to 6 places."""
    contribution: Fraction
    """What it adds to the total, unrounded."""

    @property
    def shown_contribution(self) -> Decimal:
        """Round it as points are."""
        return round_half_up(self.contribution, POINTS_PLACES)


def dimensions_of(result: Result, schemes: Mapping[Version, Scheme]) -> list[Dimension]:
    """Give the dimensions in the schemes' order, the items without one last; nothing where no item has one."""
    segments = [segment for _, segment in _counting(result, schemes)]
    keys = dict.fromkeys(key for segment in segments for key in segment.lines)
    named = [key for key in keys if key is not None]
    days = sum((segment.workdays for segment in segments), Fraction(0))
    rest = [None] if named and None in keys else []
    return [_dimension(key, [each for each in segments if key in each.lines], days) for key in (*named, *rest)]


def part_of_total(result: Result, schemes: Mapping[Version, Scheme], *, segment: int) -> Fraction:
    """Give how much of the total a point is that is added to a segment's weighted sum; nothing where none counts."""
    counting = dict(_counting(result, schemes))
    days = sum((each.workdays for each in counting.values()), Fraction(0))
    own = counting.get(segment)
    return Fraction(0) if own is None else own.workdays / days * Fraction(FULL_WEIGHT, max(own.kept_weight, 1))


class _Segment:
    """A segment's lines by dimension."""

    def __init__(self, scheme: Scheme, lines: Sequence[ScoredItem], workdays: Fraction | int) -> None:
        self.points_basis = scheme.points_basis
        self.workdays = Fraction(workdays)
        self.lines: dict[str | None, list[ScoredItem]] = {}
        for item, line in zip(scheme.items, lines, strict=True):
            self.lines.setdefault(item.dimension, []).append(line)

    @cached_property
    def kept_weight(self) -> int:
        """What is left of the whole weight after exclusions, for which the sum is rescaled."""
        return FULL_WEIGHT - sum(line.weight for line in self._every if _is_out(line))

    @property
    def counts(self) -> bool:
        return self.workdays > 0 and (self.kept_weight > 0 or any(map(_blocks, self._every)))

    def sum_of(self, key: str | None) -> Fraction:
        """Give what a dimension adds to the segment's sum, rescaled."""
        weighs = self.points_basis == "item"
        added = sum(_millionths(line) * (line.weight if weighs else FULL_WEIGHT) for line in self.lines[key])
        return Fraction(added, _MILLION * max(self.kept_weight, 1))

    @property
    def _every(self) -> Iterator[ScoredItem]:
        return (line for lines in self.lines.values() for line in lines)


def _counting(result: Result, schemes: Mapping[Version, Scheme]) -> Iterator[tuple[int, _Segment]]:
    """Give the segments that count, each with its number."""
    for at, stretch in enumerate(result.segments):
        if stretch.place.version is not None:
            segment = _Segment(schemes[stretch.place.version], result.items_of(at), stretch.allotted_workdays)
            if segment.counts:
                yield at, segment


def _dimension(key: str | None, segments: Sequence[_Segment], days: Fraction) -> Dimension:
    """Fold a dimension's segments, which are some of those that have `days` together."""
    lines = [(segment, line) for segment in segments for line in segment.lines[key]]
    bases = {segment.points_basis for segment in segments}
    basis = bases.pop() if len(bases) == 1 else None
    weight = sum((segment.workdays * line.weight for segment, line in lines), Fraction(0))
    behind = (segment.workdays * line.weight for segment, line in lines if line.points is not None)
    scored = sum(behind, Fraction(0))
    return Dimension(
        key=key,
        state=_state([line for _, line in lines]),
        points_basis=basis,
        weight=weight / days,
        scored_weight=scored / days,
        points=None if basis is None or not scored else _mean(lines, basis=basis, weight=scored, days=days),
        contribution=sum((segment.sum_of(key) * segment.workdays for segment in segments), Fraction(0)) / days,
    )


def _mean(
    lines: Iterable[tuple[_Segment, ScoredItem]], *, basis: PointsBasis, weight: Fraction, days: Fraction
) -> Decimal:
    weighs = basis == "item"
    each = (segment.workdays * (line.weight if weighs else 1) * _millionths(line) for segment, line in lines)
    whole = sum(each, Fraction(0))
    return round_half_up(whole / (weight if weighs else days) / _MILLION, POINTS_PLACES)


def _state(lines: Sequence[ScoredItem]) -> CardState:
    if any(map(_blocks, lines)):
        return CardState.BLOCKED
    if all(map(_is_out, lines)):
        return CardState.UNGRADED
    waiting = any(line.points is None and not _is_out(line) for line in lines)
    return CardState.PENDING if waiting else CardState.COMPLETE


def _millionths(line: ScoredItem) -> int:
    """Give its points as they are kept; what has none adds nothing."""
    return 0 if line.points is None else to_scaled(line.points, POINTS_PLACES)


def _is_out(line: ScoredItem) -> bool:
    """Tell whether its weight is taken out, and the rest stands for the whole."""
    return line.state == _NOT_APPLICABLE or line.code == _EXCLUDED


def _blocks(line: ScoredItem) -> bool:
    return line.state == _ERROR or line.code in _BLOCKING
