"""`interpolation` (线性插值): S·(A - M)/(T - M), nothing at a baseline M and the full mark at the target."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from services.performance.domain.document import Fields
from services.performance.domain.exact import ZERO, Rationals
from services.performance.domain.rules.base import Bound, read_limits
from services.performance.domain.rules.line import Line

_TARGET = Bound(Decimal(1), of_target=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpolation(Line):
    """Either direction: where lower is better, the target lies below the baseline."""

    kind: ClassVar[str] = "interpolation"
    worse_field: ClassVar[str] = "baseline"
    baseline: Bound

    @classmethod
    def read(cls, fields: Fields) -> Self:
        baseline = fields.nested("baseline", Bound.from_document)
        floor, cap = read_limits(fields)
        return cls(baseline=baseline, floor=floor, cap=cap)

    def own_document(self) -> dict[str, Any]:
        return {"baseline": self.baseline.to_document()}

    @property
    def worse(self) -> Bound:
        return self.baseline

    @property
    def better(self) -> Bound:
        return _TARGET

    def least(self, full_mark: Rationals) -> Rationals:  # noqa: ARG002 -- a line like the others
        return ZERO
