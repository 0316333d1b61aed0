"""Fields that several nouns of the connector share."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.connector.domain.identity import Reference
from shared.core.errors import Invalid
from shared.kit.http import currencies
from shared.kit.http.app import Body

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,49}$", examples=["crm"])]
MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=100)]
Currency = Annotated[currencies.Currency, Field(examples=["CNY"])]
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
