"""`rating`: somebody's judgement on a declared scale, mapped to points straight or level by level."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar, Self

from services.performance.domain.document import Fields
from services.performance.domain.exact import ZERO, Rationals
from services.performance.domain.rules.base import Basis, Fault, Rule, TargetNeed, read_limits
from services.performance.domain.rules.curve import Constant, Piece, Slope
from shared.core.decimals import plain

_DEFAULT_SCALE = (Decimal(0), Decimal(100))


@dataclass(frozen=True, slots=True)
class Level:
    rating: Decimal
    points: Decimal

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Level":
        fields = Fields(document, pointer=pointer)
        level = cls(fields.decimal("rating"), fields.decimal("points"))
        fields.done()
        return level


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating(Rule):
    """Without `levels` the scale runs straight from 0 to the full mark.

    With them points run straight between neighbours, so that the mean of several raters has its points too.
    A rating off the scale is an error of its item.
    """

    kind: ClassVar[str] = "rating"
    lowest: Decimal = _DEFAULT_SCALE[0]
    highest: Decimal = _DEFAULT_SCALE[1]
    levels: tuple[Level, ...] = ()

    @classmethod
    def read(cls, fields: Fields) -> Self:
        floor, cap = read_limits(fields)
        if fields.has("levels"):
            levels = fields.each("levels", Level.from_document)
            fields.done()
            for fault in _unordered(levels):
                fields.refuse(*fault)
            return cls(lowest=levels[0].rating, highest=levels[-1].rating, levels=levels, floor=floor, cap=cap)
        scale = fields.nested("scale", _read_scale) if fields.has("scale") else _DEFAULT_SCALE
        fields.done()
        lowest, highest = scale
        return cls(lowest=lowest, highest=highest, floor=floor, cap=cap)

    def own_document(self) -> dict[str, Any]:
        if self.levels:
            return {"levels": [{"rating": plain(at.rating), "points": plain(at.points)} for at in self.levels]}
        return {"scale": {"lowest": plain(self.lowest), "highest": plain(self.highest)}}

    @property
    def target_need(self) -> TargetNeed:
        return "none"

    @property
    def prorated(self) -> bool:
        return False

    def stated_points(self, full_mark: Decimal) -> Iterable[tuple[str, Decimal]]:
        del full_mark
        return ((f"levels/{at}/points", level.points) for at, level in enumerate(self.levels))

    @property
    def scale(self) -> tuple[Decimal, Decimal]:
        return self.lowest, self.highest

    def pieces(self, basis: Basis) -> tuple[Piece, ...]:
        if not self.levels:
            run = Rationals.of(self.highest - self.lowest)
            return (Piece("scale", Slope(ZERO, Rationals.of(self.lowest), basis.full_mark, run)),)
        slopes = tuple(
            Piece(f"level_{at}", _between(low, high), start=Rationals.of(low.rating))
            for at, (low, high) in enumerate(pairwise(self.levels))
        )
        bottom = Piece("below_levels", Constant(Rationals.of(self.levels[0].points)))
        return bottom, *slopes

    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        reached = self.highest if target is None else target
        return reached, reached


def _between(low: Level, high: Level) -> Slope:
    rise, run = high.points - low.points, high.rating - low.rating
    return Slope(Rationals.of(low.points), Rationals.of(low.rating), Rationals.of(rise), Rationals.of(run))


def _read_scale(document: object, pointer: str) -> tuple[Decimal, Decimal]:
    fields = Fields(document, pointer=pointer)
    lowest, highest = fields.decimal("lowest"), fields.decimal("highest")
    fields.done()
    if highest <= lowest:
        fields.refuse("highest", "scale_order", "The scale ends above its start.")
    fields.done()
    return lowest, highest


def _unordered(levels: tuple[Level, ...]) -> Iterator[Fault]:
    if len(levels) == 1:
        yield "levels", "levels_too_few", "A scale has at least two levels."
    for at, (low, high) in enumerate(pairwise(levels), start=1):
        if high.rating <= low.rating:
            yield f"levels/{at}/rating", "scale_order", "Levels ascend."
