"""The currency of a metric over money, and by which day's exchange rate amounts in other currencies are converted."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from services.performance.domain.document import Fields

Conversion = Literal["transaction_date", "cycle_fixed"]
"""By the rate of each amount's own business date, or all by that of the cycle's first day."""
_CONVERSIONS: tuple[Conversion, ...] = ("transaction_date", "cycle_fixed")
VALUED = frozenset({"sum", "mean", "last", "max", "min"})
"""Aggregations of values, which alone may be money; everything else counts or rates."""
CODE = r"[A-Z]{3}"
"""ISO 4217."""
_is_code = re.compile(CODE).fullmatch


@dataclass(frozen=True, slots=True)
class MetricCurrency:
    code: str
    conversion: Conversion = "transaction_date"

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "MetricCurrency":
        fields = Fields(document, pointer=pointer)
        code = fields.text("code")
        if code and not _is_code(code):
            fields.refuse("code", "currency_invalid", "Three capital letters of ISO 4217 stand here.")
        currency = cls(code, fields.choice("conversion", _CONVERSIONS, default="transaction_date"))
        fields.done()
        return currency

    def to_document(self) -> dict[str, Any]:
        return {"code": self.code, "conversion": self.conversion}
