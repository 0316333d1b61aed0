"""`ratio` (比率法): points in proportion to actual over target, or to one of two reverses for lower-is-better."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, Self

from services.performance.domain.document import Fields
from services.performance.domain.exact import ZERO, Rationals
from services.performance.domain.rules.base import Basis, Direction, Fault, Rule, TargetNeed, read_limits
from services.performance.domain.rules.curve import Constant, Hyperbola, Piece, Slope

Form = Literal["direct", "complement", "inverse"]
_FORMS: tuple[Form, ...] = ("direct", "complement", "inverse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Rule):
    """`direct` S·A/T, `complement` S·(2 - A/T), `inverse` S·T/A (an actual of 0 or less earns the cap)."""

    kind: ClassVar[str] = "ratio"
    form: Form = "direct"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        form = fields.choice("form", _FORMS, default="direct")
        floor, cap = read_limits(fields)
        return cls(form=form, floor=floor, cap=cap)

    def own_document(self) -> dict[str, Any]:
        return {"form": self.form}

    @property
    def target_need(self) -> TargetNeed:
        return "positive"

    def faults(self, *, full_mark: Decimal, direction: Direction) -> Iterator[Fault]:
        yield from Rule.faults(self, full_mark=full_mark, direction=direction)
        if (self.form == "direct") != (direction == "higher"):
            yield (
                "form",
                "form_against_direction",
                "Higher-is-better takes `direct`; lower-is-better takes `complement` or `inverse`.",
            )

    def pieces(self, basis: Basis) -> tuple[Piece, ...]:
        mark, target = basis.full_mark, basis.required_target() * basis.proration
        if self.form == "direct":
            return (Piece("direct", Slope(ZERO, ZERO, mark, target)),)
        if self.form == "complement":
            return (Piece("complement", Slope(mark, target, -mark, target)),)
        best = mark if self.cap is None else Rationals.of(self.cap)
        inverse = Piece("inverse", Hyperbola(mark * target), start=ZERO, start_included=False)
        return Piece("nothing_at_all", Constant(best)), inverse

    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        reached = Decimal(1) if target is None else target
        return reached, reached
