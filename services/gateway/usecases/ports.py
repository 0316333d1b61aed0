"""What the gateway's use cases need from outside."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.gateway.domain.account import Account, Employee
from services.gateway.domain.api_client import ApiClient
from services.gateway.domain.audit import AuditChain, AuditEntry, Checkpoint, Sealed
from services.gateway.domain.client_key import ClientKey
from services.gateway.domain.rate_limit import Grant, Kind, Quota
from services.gateway.domain.second_factor import SecondFactor
from services.gateway.domain.session import Session
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


class AuditLog(Protocol):
    """One tenant's audit log."""

    async def add(self, entries: Sequence[AuditEntry]) -> None: ...

    async def chain(self) -> AuditChain:
        """Load and lock the end of the log."""
        ...

    async def save(self, chain: AuditChain, *, waiting: bool | None = None) -> None:
        """Save the end of the log, and where it is known, whether entries still wait to be sealed."""
        ...

    async def unsealed(self, *, limit: int) -> Sequence[AuditEntry]: ...

    async def place(self, places: Sequence[Sealed]) -> None: ...

    async def note(self, checkpoint: Checkpoint) -> None: ...

    async def signed_before(self, instant: datetime) -> int | None:
        """Give the last entry that was signed for before an instant."""
        ...

    async def remove(self, *, through: int) -> None:
        """Delete the beginning of the log, up to and with this entry."""
        ...


class ClientKeys(work.Repository[ClientKey], Protocol):
    async def remove(self, key: ClientKey) -> None: ...


class SecondFactors(work.Repository[SecondFactor], Protocol):
    async def remove(self, factor: SecondFactor) -> None: ...


class UnitOfWork(work.UnitOfWork, Protocol):
    @property
    def accounts(self) -> work.Repository[Account]: ...

    @property
    def api_clients(self) -> work.Repository[ApiClient]: ...

    @property
    def client_keys(self) -> ClientKeys: ...

    @property
    def second_factors(self) -> SecondFactors: ...

    @property
    def sessions(self) -> work.Repository[Session]: ...

    @property
    def tenants(self) -> Tenants: ...

    @property
    def org(self) -> Organisation: ...

    @property
    def audit_log(self) -> AuditLog: ...

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


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client that was found by its id alone, with all its keys."""

    tenant_id: UUID
    client: ApiClient
    keys: Sequence[ClientKey]


class Credentials(Protocol):
    """Looks up who might be logging in, before their tenant is known."""

    async def accounts(self, username: str, *, tenant_id: UUID | None) -> Sequence[tuple[UUID, Account]]: ...

    async def api_client(self, client_id: UUID) -> KnownClient | None: ...

    async def use_assertion(self, client_id: UUID, assertion_id: str, *, expires_at: datetime) -> bool:
        """Note that a signed assertion was shown; gives False where it was before."""
        ...


class Attempts(Protocol):
    """Counts failed log-ins, by account or by a name that is nobody's."""

    async def begin(self, subject: str | UUID, *, at: datetime) -> int:
        """Count a try as failed until it is cleared; gives the seconds to wait where it is not allowed yet."""
        ...

    async def clear(self, subject: str | UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries of the audit log are wanted."""

    actor: str | None = None
    action: str | None = None
    outcome: str | None = None
    employee_id: UUID | None = None
    """Whom they are about."""
    occurred_after: datetime | None = None
    occurred_before: datetime | None = None


class Queries(Protocol):
    """What routes read without a use case."""

    async def accounts(self, page: PageRequest) -> Page: ...

    async def account(self, account_id: UUID) -> Row: ...

    async def api_clients(self, page: PageRequest) -> Page: ...

    async def api_client(self, client_id: UUID) -> Row: ...

    async def audit_events(self, page: PageRequest, wanted: AuditFilter) -> Page: ...

    async def audit_events_about(self, employee_id: UUID, page: PageRequest) -> Page: ...

    async def audit_log(self) -> Row: ...

    async def client_keys(self, client_id: UUID, page: PageRequest) -> Page: ...

    async def second_factor(self, account_id: UUID) -> Row: ...

    async def sessions(self, page: PageRequest, *, account_id: UUID, at: datetime) -> Page:
        """List an account's open sessions."""
        ...

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
