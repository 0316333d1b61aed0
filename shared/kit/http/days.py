"""Days and instants over HTTP: ISO 8601, and within centuries that date arithmetic never leaves.

The first and the last day that Python knows mean minus infinity and infinity to the database driver.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(_DAY.pattern + r"($|[Tt ])")
_CENTURIES = "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_FIRST, _BEYOND = date(1900, 1, 1), date(2200, 1, 1)


def _iso_day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("iso_8601_required", "Write it in ISO 8601, such as 2026-03-04.")
    return _text(value)


def _iso_instant(value: object) -> object:
    if isinstance(value, str) and not _INSTANT.match(value):
        raise PydanticCustomError("iso_8601_required", "Write it in ISO 8601, such as 2026-03-04T08:00:00Z.")
    return _text(value)


def _text(value: object) -> object:
    """Refuse what Pydantic would guess to be seconds since 1970."""
    if isinstance(value, (int, float)):
        raise PydanticCustomError("iso_8601_required", "Write it as text in ISO 8601.")
    return value


Day = Annotated[
    date,
    Field(ge=_FIRST, lt=_BEYOND, json_schema_extra={"pattern": f"{_CENTURIES}$"}),
    BeforeValidator(_iso_day),
]
Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime(1900, 1, 1, tzinfo=UTC),
        lt=datetime(2200, 1, 1, tzinfo=UTC),
        json_schema_extra={"pattern": _CENTURIES},
    ),
    BeforeValidator(_iso_instant),
]
