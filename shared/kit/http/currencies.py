"""Currencies over HTTP: codes of ISO 4217."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.core.currencies import CURRENCIES


def _known(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError("currency_invalid", "This is not a code of ISO 4217 such as CNY.")
    return code


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(_known)]
