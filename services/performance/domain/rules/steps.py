"""`steps` (加减分): a base at an anchor, points added for each unit beyond it and taken for each unit short of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, Self

from services.performance.domain.document import Fields, read_decimal
from services.performance.domain.exact import Quantise, Rationals
from services.performance.domain.rules.base import Basis, Bound, Direction, Fault, Rule, TargetNeed, read_limits
from services.performance.domain.rules.curve import Piece, Slope
from shared.core.decimals import plain

PROPORTIONAL: Literal["proportional"] = "proportional"
_QUANTISE: tuple[Quantise, ...] = ("floor", "ceil", "exact")
Down = Decimal | Literal["proportional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps(Rule):
    """Beyond the anchor means above it where higher is better, and below it where lower is better.

    `down` is points per unit; `proportional` takes base / (anchor / unit), so that with exact quantising the points
    fall in proportion to the actual and reach 0 with it.
    """

    kind: ClassVar[str] = "steps"
    base: Decimal
    anchor: Bound
    unit: Bound
    up: Decimal
    down: Down
    quantise_above: Quantise
    quantise_below: Quantise

    @classmethod
    def read(cls, fields: Fields) -> Self:
        for name in ("down", "quantise_below"):
            if not fields.has(name):
                fields.refuse(name, "below_anchor_missing", "Say what happens short of the anchor.")
        base, up = fields.decimal("base"), fields.decimal("up")
        anchor, unit = fields.nested("anchor", Bound.from_document), fields.nested("unit", Bound.from_document)
        down = fields.nested("down", _read_down) if fields.has("down") else Decimal(0)
        above = fields.choice("quantise_above", _QUANTISE)
        below = fields.choice("quantise_below", _QUANTISE, default=_QUANTISE[0])
        floor, cap = read_limits(fields)
        fields.done()
        rule = cls(
            base=base, anchor=anchor, unit=unit, up=up, down=down,
            quantise_above=above, quantise_below=below, floor=floor, cap=cap,
        )  # fmt: skip
        for fault in rule._own_faults():
            fields.refuse(*fault)
        return rule

    def _own_faults(self) -> Iterator[Fault]:
        if not self.unit.of_target and self.unit.amount <= 0:
            yield "unit/value", "unit_not_positive", "A unit is above zero."
        for name, amount in (("base", self.base), ("up", self.up)):
            if amount < 0:
                yield name, "points_negative", "Points are not negative."
        if self.down == PROPORTIONAL:
            if not self.anchor.of_target and self.anchor.amount <= 0:
                yield "anchor/value", "anchor_not_positive", "Proportional points need an anchor above zero."
        elif self.down < 0:
            yield "down", "points_negative", "Points are not negative."

    def own_document(self) -> dict[str, Any]:
        return {
            "base": plain(self.base),
            "anchor": self.anchor.to_document(),
            "unit": self.unit.to_document(),
            "up": plain(self.up),
            "down": self.down if self.down == PROPORTIONAL else plain(self.down),
            "quantise_above": self.quantise_above,
            "quantise_below": self.quantise_below,
        }

    @property
    def target_need(self) -> TargetNeed:
        if self.unit.of_target or (self.anchor.of_target and self.down == PROPORTIONAL):
            return "positive"
        return "present" if self.anchor.of_target else "none"

    def faults(self, *, full_mark: Decimal, direction: Direction) -> Iterator[Fault]:
        yield from Rule.faults(self, full_mark=full_mark, direction=direction)
        cap = full_mark if self.cap is None else self.cap
        if not self.floor <= self.base <= cap:
            yield "base", "base_outside_limits", "The base lies between floor and cap."

    def pieces(self, basis: Basis) -> tuple[Piece, ...]:
        base, anchor, unit = Rationals.of(self.base), self.anchor.resolve(basis), self.unit.resolve(basis)
        down = base * unit / anchor if self.down == PROPORTIONAL else Rationals.of(self.down)
        up = Rationals.of(self.up)
        higher = basis.direction == "higher"
        beyond = Slope(base, anchor, up, unit if higher else -unit, self.quantise_above)
        short = Slope(base, anchor, -down, -unit if higher else unit, self.quantise_below)
        if higher:
            return Piece("short_of_anchor", short), Piece("beyond_anchor", beyond, start=anchor)
        return Piece("beyond_anchor", beyond), Piece("short_of_anchor", short, start=anchor, start_included=False)

    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        if target is not None:
            return target, target
        if not self.anchor.of_target:
            return (self.anchor.amount, Decimal(1)) if not self.unit.of_target else None
        at_anchor_anyway = self.anchor.amount == 1
        return (Decimal(1), Decimal(1)) if at_anchor_anyway or self.unit.of_target else None


def _read_down(value: object, pointer: str) -> Down:
    return PROPORTIONAL if value == PROPORTIONAL else read_decimal(value, pointer)
