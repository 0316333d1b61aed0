"""What is asked about the tenant and who works in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.gateway.domain.hosting.erasure import Erasure
from services.gateway.domain.identity.account import Employee
from services.gateway.domain.tenant import Tenant
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged
from shared.contracts.tenancy import TenantErased
from shared.core.paging import Row


@dataclass(frozen=True, slots=True)
class Suspension:
    """Since when a company is shut, why, and who did it."""

    since: datetime
    reason: str
    by: str
    """Id of the operator."""


class Tenants(Protocol):
    async def current(self) -> Tenant:
        """Load and lock the tenant of the unit of work."""
        ...

    async def as_it_stays(self) -> Tenant:
        """Load it, and let nobody change it until the unit of work ends; others may hold it so as well."""
        ...

    async def save(self, tenant: Tenant) -> None: ...

    async def suspend(self, suspension: Suspension) -> None: ...

    async def end_suspension(self) -> None: ...

    async def erasure(self) -> Erasure | None:
        """Give the order to erase it, if there is one."""
        ...

    async def order_erasure(self, erasure: Erasure) -> None: ...

    async def call_off_erasure(self) -> None: ...


class Organisation(Protocol):
    """The copy of the archive's organisation."""

    async def find_employee(self, **equals: object) -> Employee | None: ...

    async def missing_departments(self, ids: Collection[UUID]) -> frozenset[UUID]: ...

    async def keep_employee(self, event: EmployeeChanged) -> bool: ...

    async def keep_department(self, event: DepartmentChanged) -> bool: ...


class Repositories(Protocol):
    @property
    def tenants(self) -> Tenants: ...

    @property
    def org(self) -> Organisation: ...

    async def erase(self, event: TenantErased) -> None:
        """Let this service, and by the event every other, take in nothing more of the tenant and erase it all."""
        ...


class Queries(Protocol):
    async def tenant(self) -> Row: ...
