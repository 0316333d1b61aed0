"""Decimals over HTTP: exact, bounded, and JSON strings in both directions."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.core.decimals import WRITTEN, parse_decimal, plain
from shared.core.errors import Invalid


def _read(value: object) -> Decimal:
    """Read what a caller sent, or pass on what a row holds."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("decimal_string_required", "Send a decimal number as a JSON string.")
    try:
        return parse_decimal(value, pointer="")
    except Invalid as refusal:
        raise PydanticCustomError(refusal.code, "{reason}", {"reason": refusal.detail}) from refusal


Number = Annotated[
    Decimal,
    BeforeValidator(_read),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "decimal", "pattern": f"^{WRITTEN}$"}),
]
"""A quantity with at most 10 places, below 10^15."""
