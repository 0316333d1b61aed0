"""What every kind of rule has: floor and cap, what it needs of the target, and the curve it compiles to."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, Self

import numpy as np

from services.performance.domain.document import Fields
from services.performance.domain.exact import ONE, BoolArray, Rationals, Rows
from services.performance.domain.rules.curve import Curve, Piece
from shared.core.decimals import plain

Direction = Literal["higher", "lower"]
TargetNeed = Literal["none", "present", "positive"]

Fault = tuple[str, str, str]
"""Field, code and detail of what is wrong inside a rule."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A place on the axis of actuals: an absolute number, or a multiple of the item's target."""

    amount: Decimal
    of_target: bool = False

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Bound":
        """Read `{"value": "100000"}` or `{"of_target": "1"}`."""
        fields = Fields(document, pointer=pointer)
        relative = fields.has("of_target")
        if relative == fields.has("value"):
            fields.refuse("value", "bound_ambiguous", "Give exactly one of `value` and `of_target`.")
            fields.done()
        bound = cls(fields.decimal("of_target" if relative else "value"), of_target=relative)
        fields.done()
        if relative and bound.amount <= 0:
            fields.refuse("of_target", "share_not_positive", "A share of the target is above zero.")
        fields.done()
        return bound

    def to_document(self) -> dict[str, str]:
        return {"of_target" if self.of_target else "value": plain(self.amount)}

    def resolve(self, basis: "Basis") -> Rationals:
        """Give the place for the part of the period that `basis` covers."""
        amount = Rationals.of(self.amount)
        return (amount * basis.required_target() if self.of_target else amount) * basis.proration


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What a rule is compiled against: columns over people, each possibly of length 1."""

    full_mark: Rationals
    direction: Direction
    target: Rationals | None = None
    """For the whole period; None where the rule needs none."""
    proration: Rationals = ONE
    """Eligible workdays of the segment over those of the period; 1 for what is not cumulative."""
    share: Rationals = ONE
    """Eligible workdays of the segment over those of the whole scorecard; 1 for what is not cumulative."""

    def required_target(self) -> Rationals:
        if self.target is None:
            raise LookupError("this rule was compiled without the target it needs")
        return self.target

    def take(self, rows: Rows) -> "Basis":
        target = None if self.target is None else self.target.take(rows)
        proration, share = self.proration.take(rows), self.share.take(rows)
        return Basis(self.full_mark.take(rows), self.direction, target, proration, share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """How a metric's actual becomes points, clamped to `[floor, cap]`; without a cap the full mark is the cap."""

    kind: ClassVar[str]
    floor: Decimal = Decimal(0)
    cap: Decimal | None = None

    @classmethod
    @abstractmethod
    def read(cls, fields: Fields) -> Self:
        """Build the rule from its document's own fields, refusing what is wrong through `fields`."""

    @abstractmethod
    def own_document(self) -> dict[str, Any]:
        """Write the kind's own fields."""

    @property
    @abstractmethod
    def target_need(self) -> TargetNeed: ...

    @abstractmethod
    def pieces(self, basis: Basis) -> tuple[Piece, ...]: ...

    @abstractmethod
    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        """Give (actual, target) of somebody who reaches exactly what is asked; None where nobody can say.

        A rule that is the same at every scale may answer with a target of 1.
        """

    @property
    def scale(self) -> tuple[Decimal, Decimal] | None:
        """The only actuals this rule knows, both ends included; None where it knows all."""
        return None

    @property
    def prorated(self) -> bool:
        """Tell whether a part of the period asks for less, where the metric is cumulative."""
        return True

    def stated_points(self, full_mark: Decimal) -> Iterable[tuple[str, Decimal]]:  # noqa: ARG002 -- most state none
        """Give the points that the rule states outright, each with its field."""
        return ()

    def faults(self, *, full_mark: Decimal, direction: Direction) -> Iterator[Fault]:
        """Name what is wrong only in the company of this full mark and this metric's direction."""
        del direction
        cap = full_mark if self.cap is None else self.cap
        if self.floor >= cap:
            yield "floor", "floor_above_cap", "The floor lies below the cap."
            return
        for field, points in self.stated_points(full_mark):
            if not self.floor <= points <= cap:
                yield field, "points_outside_limits", "Points lie between floor and cap."

    def misplaced(self, basis: Basis) -> BoolArray:  # noqa: ARG002 -- most rules have no other place to be beside
        """Tell for whom the rule has no meaning, since its places stand in the wrong order against the target."""
        return np.array([False])

    def curve(self, basis: Basis) -> Curve:
        cap = basis.full_mark if self.cap is None else Rationals.of(self.cap)
        return Curve(self.pieces(basis), Rationals.of(self.floor), cap)

    def to_document(self) -> dict[str, Any]:
        cap = {} if self.cap is None else {"cap": plain(self.cap)}
        return {"kind": self.kind, **self.own_document(), "floor": plain(self.floor), **cap}


def read_limits(fields: Fields) -> tuple[Decimal, Decimal | None]:
    """Read floor (default 0) and cap (default: the full mark)."""
    floor, cap = fields.decimal("floor", default=Decimal(0)), fields.optional_decimal("cap")
    if cap is not None and cap <= 0:
        fields.refuse("cap", "cap_not_positive", "A cap is above zero.")
    return floor, cap
