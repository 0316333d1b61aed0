"""`efficacy` (功效系数): 60 + 40·(A - unacceptable)/(satisfactory - unacceptable) of a full mark of 100."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from services.performance.domain.document import Fields
from services.performance.domain.exact import Rationals
from services.performance.domain.rules.base import Bound, read_limits
from services.performance.domain.rules.line import Line

_PASS = Rationals.of(Decimal("0.6"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficacy(Line):
    """Six tenths of the full mark at the unacceptable value, all of it at the satisfactory one."""

    kind: ClassVar[str] = "efficacy"
    worse_field: ClassVar[str] = "unacceptable"
    unacceptable: Bound
    satisfactory: Bound

    @classmethod
    def read(cls, fields: Fields) -> Self:
        unacceptable = fields.nested("unacceptable", Bound.from_document)
        satisfactory = fields.nested("satisfactory", Bound.from_document)
        floor, cap = read_limits(fields)
        return cls(unacceptable=unacceptable, satisfactory=satisfactory, floor=floor, cap=cap)

    def own_document(self) -> dict[str, Any]:
        return {"unacceptable": self.unacceptable.to_document(), "satisfactory": self.satisfactory.to_document()}

    @property
    def worse(self) -> Bound:
        return self.unacceptable

    @property
    def better(self) -> Bound:
        return self.satisfactory

    def least(self, full_mark: Rationals) -> Rationals:
        return full_mark * _PASS
