"""What the gateway's use cases need from outside."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.gateway.domain.account import Account, Employee
from services.gateway.domain.api_client import ApiClient
from services.gateway.domain.rate_limit import Grant, Kind, Quota
from services.gateway.domain.tenant import Tenant
from shared.contracts import work
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged
from shared.contracts.tenancy import TenantChanged
from shared.core.paging import Page, PageRequest, Row


class Tenants(Protocol):
    async def current(self) -> Tenant:
        """Load and lock the tenant of the unit of work."""
        ...

    async def save(self, tenant: Tenant) -> None: ...


class Organisation(Protocol):
    """The copy of the archive's organisation."""

    async def find_employee(self, **equals: object) -> Employee | None: ...

    async def missing_departments(self, ids: Collection[UUID]) -> frozenset[UUID]: ...

    async def keep_employee(self, event: EmployeeChanged) -> bool: ...

    async def keep_department(self, event: DepartmentChanged) -> bool: ...


class UnitOfWork(work.UnitOfWork, Protocol):
    @property
    def accounts(self) -> work.Repository[Account]: ...

    @property
    def api_clients(self) -> work.Repository[ApiClient]: ...

    @property
    def tenants(self) -> Tenants: ...

    @property
    def org(self) -> Organisation: ...

    def real_now(self) -> datetime:
        """Tell real time, by which credentials and tokens live, whatever a sandbox's clock says."""
        ...

    async def revoke(self, principal: UUID, *, session: UUID | None = None) -> None:
        """Let no service accept what was issued to an account or client until now, or in one session of it."""
        ...


Work = work.Work[UnitOfWork]
WorkOf = Callable[[UUID], Work]
"""Gives the `Work` of a tenant, for callers who are not let in yet."""
Founding = Callable[[TenantChanged], AbstractAsyncContextManager[UnitOfWork]]
"""Writes a new tenant and opens the unit of work in which it is founded."""


class Credentials(Protocol):
    """Looks up who might be logging in, before their tenant is known."""

    async def accounts(self, username: str, *, tenant_id: UUID | None) -> Sequence[tuple[UUID, Account]]: ...

    async def api_client(self, client_id: UUID) -> tuple[UUID, ApiClient] | None: ...


class Queries(Protocol):
    """What routes read without a use case."""

    async def accounts(self, page: PageRequest) -> Page: ...

    async def account(self, account_id: UUID) -> Row: ...

    async def api_clients(self, page: PageRequest) -> Page: ...

    async def api_client(self, client_id: UUID) -> Row: ...

    async def tenant(self) -> Row: ...


class SharedQuotas(Protocol):
    """Quotas that all gateways take from together; always answers, though for this process alone in an outage."""

    async def take(self, key: str, quota: Quota) -> Grant:
        """Take up to a block; nothing where the quota is used up."""
        ...


class Overrides(Protocol):
    """What differs from the default quotas."""

    async def of(self, tenant_id: UUID) -> Mapping[tuple[str, Kind], Quota]:
        """Give a tenant's own quotas by account or client, and under no name those of all the others in it."""
        ...
