"""Turns what a scorecard shows back into what it was scored from, so that it can be explained."""

from collections.abc import Iterator, Mapping, Sequence

from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import ItemInput, OverallInput, SegmentInput
from services.performance.domain.scoring.proration import share_within
from services.performance.domain.scoring.scorecard import Result, ScoredItem
from services.performance.domain.scoring.scoree import deducting_beside
from services.performance.domain.scoring.states import ItemCode, ItemState
from services.performance.domain.scoring.timeline import WHOLE, Stretch, share_of, whole_of
from shared.core.errors import NotFound

_INAPPLICABLE = ItemState.NOT_APPLICABLE.label


class Shown:
    """A result that has segments, with the schemes of each."""

    def __init__(self, result: Result, schemes: Mapping[Version, Scheme]) -> None:
        self._result = result
        self._schemes = [schemes[each.place.version] for each in result.segments if each.place.version is not None]

    @property
    def closing(self) -> Scheme:
        """The scheme that grades the whole."""
        return self._schemes[-1]

    @property
    def segments(self) -> list[SegmentInput]:
        return [
            SegmentInput(
                scheme,
                self._inputs(scheme.items, lines, stretch, self._counting),
                stretch.workdays,
                stretch.allocation,
            )
            for scheme, lines, stretch in zip(self._schemes, self._lines, self._result.segments, strict=True)
        ]

    def item(self, key: str, *, segment: int) -> tuple[Scheme, SchemeItem, ItemInput]:
        """Find an item of a segment, or one that acted on the whole. Raises NotFound."""
        parts = [(each.scheme, each.scheme.items, each.items) for each in self.segments[segment : segment + 1]]
        parts.append((self.closing, self.closing.adjustments, self.overall.items[0]))
        for scheme, items, inputs in parts:
            for item in items:
                if item.key == key:
                    return scheme, item, inputs[key]
        raise NotFound.of("item")

    @property
    def overall(self) -> OverallInput:
        """What acted on the whole card."""
        whole = whole_of(self._result.segments)
        return OverallInput(self.closing, [self._inputs(self.closing.overall, self._result.overall, whole, [whole])])

    @property
    def _lines(self) -> list[tuple[ScoredItem, ...]]:
        return [self._result.items_of(at) for at in range(len(self._result.segments))]

    @property
    def _counting(self) -> list[Stretch]:
        """Leave out segments in which nothing applies to the person."""
        pairs = zip(self._result.segments, self._lines, strict=True)
        return [stretch for stretch, lines in pairs if any(line.state != _INAPPLICABLE for line in lines)]

    def _deducting_beside(self, item: SchemeItem, stretch: Stretch) -> Iterator[Stretch]:
        inapplicable = {line.key for line in self._result.items if line.state == _INAPPLICABLE}
        parts = list(zip(self._result.segments, self._schemes, strict=True))
        return deducting_beside(item, stretch, parts, inapplicable)

    def _inputs(
        self, items: Sequence[SchemeItem], lines: Sequence[ScoredItem], stretch: Stretch, counting: Sequence[Stretch]
    ) -> dict[str, ItemInput]:
        by_key = {line.key: line for line in lines}
        return {item.key: self._input(item, by_key[item.key], stretch, counting) for item in items}

    def _input(self, item: SchemeItem, line: ScoredItem, stretch: Stretch, counting: Sequence[Stretch]) -> ItemInput:
        return ItemInput(
            actual=_actual(line),
            target=line.target,
            weight=line.weight or None,
            proration=line.proration or share_of(stretch.workdays, self._result.workdays),
            share=share_within(counting, (stretch, *self._deducting_beside(item, stretch)), item.metric.level),
            scale=line.scale or WHOLE,
        )


def _actual(line: ScoredItem) -> Actual:
    """Give the actual as it was measured: a known number is one, whatever the rule then made of it."""
    if line.actual is None:
        code = ItemCode.NONE if line.code is None else ItemCode.labelled(line.code)
        return Actual(ItemState.labelled(line.state), None, code)
    return Actual(ItemState.VALUE if line.actual else ItemState.ZERO, line.actual)
