"""`deduction` (扣分): S - n·d, the full mark less a fixed amount for each counted event."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from services.performance.domain.document import Fields
from services.performance.domain.exact import ZERO, Rationals
from services.performance.domain.rules.base import Basis, Direction, Fault, Rule, TargetNeed, read_limits
from services.performance.domain.rules.curve import Piece, Slope
from shared.core.decimals import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction(Rule):
    """An event costs `each` of the whole scorecard's item, in however many segments a person worked, down to the floor.

    A segment weighs its share of the person's workdays, so within it an event costs `each` over that share. Nothing
    is prorated by the period: an event of somebody who joined late costs what it costs everybody.
    """

    kind: ClassVar[str] = "deduction"
    each: Decimal

    @classmethod
    def read(cls, fields: Fields) -> Self:
        each = fields.decimal("each")
        floor, cap = read_limits(fields)
        fields.done()
        if each <= 0:
            fields.refuse("each", "points_not_positive", "An event costs more than nothing.")
        return cls(each=each, floor=floor, cap=cap)

    def own_document(self) -> dict[str, Any]:
        return {"each": plain(self.each)}

    @property
    def target_need(self) -> TargetNeed:
        return "none"

    @property
    def prorated(self) -> bool:
        return False

    def faults(self, *, full_mark: Decimal, direction: Direction) -> Iterator[Fault]:
        yield from Rule.faults(self, full_mark=full_mark, direction=direction)
        if direction != "lower":
            yield "kind", "deduction_against_direction", "Events that cost points are better the fewer they are."

    def pieces(self, basis: Basis) -> tuple[Piece, ...]:
        return (Piece("deduction", Slope(basis.full_mark, ZERO, -Rationals.of(self.each), basis.share)),)

    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        reached = Decimal(0) if target is None else target
        return reached, Decimal(1)
