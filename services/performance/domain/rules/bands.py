"""`bands` (区间): half-open bands `[from, to)` that cover every actual once, each with its points."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar, Self

from services.performance.domain.document import Fields
from services.performance.domain.exact import Rationals
from services.performance.domain.rules.base import Basis, Bound, Fault, Rule, TargetNeed, read_limits
from services.performance.domain.rules.curve import Constant, Piece
from shared.core.decimals import plain


@dataclass(frozen=True, slots=True)
class Band:
    """`[start, end)`; None is open to that side."""

    points: Decimal
    start: Bound | None
    end: Bound | None

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Band":
        fields = Fields(document, pointer=pointer)
        start = fields.nested("from", Bound.from_document) if fields.has("from") else None
        end = fields.nested("to", Bound.from_document) if fields.has("to") else None
        band = cls(fields.decimal("points"), start, end)
        fields.done()
        return band

    def to_document(self) -> dict[str, Any]:
        start = None if self.start is None else self.start.to_document()
        end = None if self.end is None else self.end.to_document()
        return {"from": start, "to": end, "points": plain(self.points)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands(Rule):
    """Bands in ascending order, the first open below and the last open above, edges all absolute or all relative."""

    kind: ClassVar[str] = "bands"
    bands: tuple[Band, ...]

    @classmethod
    def read(cls, fields: Fields) -> Self:
        bands = fields.each("bands", Band.from_document)
        floor, cap = read_limits(fields)
        fields.done()
        for fault in _uncovered(bands):
            fields.refuse(*fault)
        return cls(bands=bands, floor=floor, cap=cap)

    def own_document(self) -> dict[str, Any]:
        return {"bands": [band.to_document() for band in self.bands]}

    @property
    def relative(self) -> bool:
        return any(edge.of_target for edge in _edges(self.bands))

    @property
    def target_need(self) -> TargetNeed:
        return "positive" if self.relative else "none"

    def stated_points(self, full_mark: Decimal) -> Iterable[tuple[str, Decimal]]:
        del full_mark
        return ((f"bands/{at}/points", band.points) for at, band in enumerate(self.bands))

    def pieces(self, basis: Basis) -> tuple[Piece, ...]:
        return tuple(
            Piece(
                f"band_{at}",
                Constant(Rationals.of(band.points)),
                start=None if band.start is None else band.start.resolve(basis),
            )
            for at, band in enumerate(self.bands)
        )

    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        if target is not None:
            return target, target
        return (Decimal(1), Decimal(1)) if self.relative else None


def _edges(bands: tuple[Band, ...]) -> list[Bound]:
    return [edge for band in bands for edge in (band.start, band.end) if edge is not None]


def _uncovered(bands: tuple[Band, ...]) -> Iterator[Fault]:
    """Name every place where the bands do not cover each actual exactly once."""
    if bands[0].start is not None:
        yield "bands/0/from", "band_gap", "The first band is open below, so that every actual has a band."
    last = len(bands) - 1
    if bands[last].end is not None:
        yield f"bands/{last}/to", "band_gap", "The last band is open above, so that every actual has a band."
    if len({edge.of_target for edge in _edges(bands)}) > 1:
        yield "bands", "band_edges_mixed", "Edges are all absolute or all relative to the target."
        return
    for at, band in enumerate(bands):
        if band.start and band.end and band.end.amount <= band.start.amount:
            yield f"bands/{at}/to", "band_order", "A band ends after it starts."
    for at, (band, following) in enumerate(pairwise(bands), start=1):
        yield from _seam(at, band.end, following.start)


def _seam(at: int, end: Bound | None, start: Bound | None) -> Iterator[Fault]:
    """Compare the end of one band with the start of band `at`, which follows it."""
    if end is None or start is None or start.amount < end.amount:
        yield f"bands/{at}/from", "band_overlap", "A band starts where the one before it ends, not before."
    elif start.amount > end.amount:
        yield f"bands/{at}/from", "band_gap", "A band starts where the one before it ends, not after."
