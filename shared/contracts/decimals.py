"""The decimal of whatever leaves a process, whether an event or an answer."""

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from shared.core.decimals import positional

DecimalText = Annotated[Decimal, PlainSerializer(positional, return_type=str, when_used="json")]
"""A decimal that JSON shows as text, without exponent and with the zeros it has."""
