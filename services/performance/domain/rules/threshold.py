"""The condition of a veto, as a rule of its own: one point where it holds, none where it does not."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, Self

from services.performance.domain.document import Fields
from services.performance.domain.exact import ONE, ZERO, Rationals
from services.performance.domain.rules.base import Basis, Bound, Rule, TargetNeed
from services.performance.domain.rules.curve import Constant, Piece

Operator = Literal["at_least", "above", "at_most", "below"]
_OPERATORS: tuple[Operator, ...] = ("at_least", "above", "at_most", "below")
_HOLDS, _SPARES = Constant(ONE), Constant(ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Rule):
    """Holds on one side of a place on the axis, whatever the metric's direction.

    An absolute place is not prorated: three accidents are three, however short a time somebody was there.
    """

    kind: ClassVar[str] = "threshold"
    operator: Operator
    bound: Bound

    @classmethod
    def read(cls, fields: Fields) -> Self:
        given = [name for name in _OPERATORS if fields.has(name)]
        if len(given) != 1:
            fields.refuse(_OPERATORS[0], "condition_ambiguous", f"Give exactly one of {', '.join(_OPERATORS)}.")
            fields.done()
        (operator,) = given
        bound = fields.nested(operator, Bound.from_document)
        fields.done()
        return cls(operator=operator, bound=bound)

    @classmethod
    def from_document(cls, document: object, pointer: str) -> Self:
        """Read `{"at_least": {"value": "1"}}`."""
        return cls.read(Fields(document, pointer=pointer))

    def own_document(self) -> dict[str, Any]:
        return {self.operator: self.bound.to_document()}

    @property
    def target_need(self) -> TargetNeed:
        return "present" if self.bound.of_target else "none"

    @property
    def prorated(self) -> bool:
        return self.bound.of_target

    def pieces(self, basis: Basis) -> tuple[Piece, ...]:
        at = self.bound.resolve(basis) if self.bound.of_target else Rationals.of(self.bound.amount)
        upwards = self.operator in {"at_least", "above"}
        upper_includes = self.operator in {"at_least", "below"}
        low, high = (_SPARES, _HOLDS) if upwards else (_HOLDS, _SPARES)
        names = ("spared", "fired") if upwards else ("fired", "spared")
        return Piece(names[0], low), Piece(names[1], high, start=at, start_included=upper_includes)

    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        return None if target is None else (target, target)
