"""Days and instants over HTTP: ISO 8601, and within centuries that date arithmetic never leaves.

The first and the last day that Python knows mean minus infinity and infinity to the database driver.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}($|[Tt ])")
_FIRST, _BEYOND = date(1900, 1, 1), date(2200, 1, 1)


def _iso(value: object) -> object:
    """Refuse what Pydantic would guess to be seconds since 1970, such as `20260304`."""
    if isinstance(value, str) and not _ISO.match(value):
        raise PydanticCustomError("iso_8601_required", "Write it in ISO 8601, such as 2026-03-04.")
    if isinstance(value, (int, float)):
        raise PydanticCustomError("iso_8601_required", "Write it as text in ISO 8601.")
    return value


Day = Annotated[date, Field(ge=_FIRST, lt=_BEYOND), BeforeValidator(_iso)]
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
    BeforeValidator(_iso),
]
