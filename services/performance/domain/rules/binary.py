"""`binary` (二元): the full mark where the actual reaches the threshold, else nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from services.performance.domain.document import Fields
from services.performance.domain.exact import ZERO
from services.performance.domain.rules.base import Basis, Bound, Rule, TargetNeed, read_limits
from services.performance.domain.rules.curve import Constant, Piece

_TARGET = Bound(Decimal(1), of_target=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Rule):
    """Reaching it means at or above it where higher is better, at or below it where lower is better."""

    kind: ClassVar[str] = "binary"
    threshold: Bound = _TARGET

    @classmethod
    def read(cls, fields: Fields) -> Self:
        threshold = fields.nested("threshold", Bound.from_document) if fields.has("threshold") else _TARGET
        floor, cap = read_limits(fields)
        return cls(threshold=threshold, floor=floor, cap=cap)

    def own_document(self) -> dict[str, Any]:
        return {"threshold": self.threshold.to_document()}

    @property
    def target_need(self) -> TargetNeed:
        return "present" if self.threshold.of_target else "none"

    def stated_points(self, full_mark: Decimal) -> Iterable[tuple[str, Decimal]]:
        """Give the full mark at the limit that would take some of it: there is no other place to correct."""
        return [("floor" if full_mark < self.floor else "cap", full_mark)]

    def pieces(self, basis: Basis) -> tuple[Piece, ...]:
        threshold, mark = self.threshold.resolve(basis), Constant(basis.full_mark)
        if basis.direction == "higher":
            return Piece("missed", Constant(ZERO)), Piece("reached", mark, start=threshold)
        return Piece("reached", mark), Piece("missed", Constant(ZERO), start=threshold, start_included=False)

    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        if target is not None:
            return target, target
        return (Decimal(1) if self.threshold.of_target else self.threshold.amount), Decimal(1)
