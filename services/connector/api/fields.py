"""Fields that several nouns of the connector share."""

import re
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.connector.domain.identity import Reference
from shared.core.errors import Invalid
from shared.kit.http.app import Body

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}($|[Tt ])")
_FIRST, _BEYOND = date(1990, 1, 1), date(2200, 1, 1)


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
    Field(ge=datetime(1990, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
    BeforeValidator(_iso),
]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,49}$", examples=["crm"])]
MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=100)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]
RemoteId = Annotated[str, Field(min_length=1, max_length=200)]


class EmployeeRef(Body):
    """An employee, by a reference of the source (a linked code, or the work number) or by our id: exactly one."""

    ref: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    id: UUID | None = None

    def reference(self, place: str) -> Reference:
        """Give the one reference. Raises Invalid (`reference_count`) at `place`."""
        if self.ref is not None and self.id is None:
            return Reference("employee_ref", self.ref, f"{place}/ref")
        if self.id is not None and self.ref is None:
            return Reference("employee_id", str(self.id), f"{place}/id")
        raise Invalid.at(place, "reference_count", "Give either `ref` or `id`.")


class DepartmentRef(Body):
    """A department, by its code or by our id: exactly one."""

    code: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    id: UUID | None = None

    def reference(self, place: str) -> Reference:
        """Give the one reference. Raises Invalid (`reference_count`) at `place`."""
        if self.code is not None and self.id is None:
            return Reference("department_code", self.code, f"{place}/code")
        if self.id is not None and self.code is None:
            return Reference("department_id", str(self.id), f"{place}/id")
        raise Invalid.at(place, "reference_count", "Give either `code` or `id`.")
