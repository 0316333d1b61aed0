"""What `interpolation` and `efficacy` share: points straight from one place on the axis to a better one."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from services.performance.domain.exact import BoolArray, Rationals
from services.performance.domain.rules.base import Basis, Bound, Direction, Fault, Rule, TargetNeed
from services.performance.domain.rules.curve import Piece, Slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Rule):
    """Full mark at `better`, `least` points at `worse`, straight through both; which is which the direction says."""

    worse_field: ClassVar[str]

    @property
    @abstractmethod
    def worse(self) -> Bound: ...

    @property
    @abstractmethod
    def better(self) -> Bound: ...

    @abstractmethod
    def least(self, full_mark: Rationals) -> Rationals:
        """Give the points at `worse`."""

    @property
    def target_need(self) -> TargetNeed:
        relative = (self.worse.of_target, self.better.of_target)
        return "positive" if all(relative) else "present" if any(relative) else "none"

    def faults(self, *, full_mark: Decimal, direction: Direction) -> Iterator[Fault]:
        yield from Rule.faults(self, full_mark=full_mark, direction=direction)
        worse, better = self.worse, self.better
        if worse.of_target == better.of_target and not _beyond(direction, worse.amount, better.amount):
            name = "of_target" if worse.of_target else "value"
            yield (
                f"{self.worse_field}/{name}",
                "bounds_order",
                "It lies on the worse side, as the metric's direction says.",
            )

    def misplaced(self, basis: Basis) -> BoolArray:
        worse, better = self.worse.resolve(basis), self.better.resolve(basis)
        return ~(worse.less(better) if basis.direction == "higher" else better.less(worse))

    def pieces(self, basis: Basis) -> tuple[Piece, ...]:
        worse, least = self.worse.resolve(basis), self.least(basis.full_mark)
        slope = Slope(least, worse, basis.full_mark - least, self.better.resolve(basis) - worse)
        return (Piece(self.kind, slope),)

    def on_target(self, target: Decimal | None) -> tuple[Decimal, Decimal] | None:
        if target is not None:
            return target, target
        if self.target_need == "present":
            return None
        return (Decimal(1) if self.better.of_target else self.better.amount), Decimal(1)


def _beyond(direction: Direction, worse: Decimal, better: Decimal) -> bool:
    return worse < better if direction == "higher" else better < worse
