"""The gateway's unit of work: its repositories over one transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property
from uuid import UUID

from services.gateway.store.repositories.audit_log import AuditLog
from services.gateway.store.repositories.federation import FederatedIdentityRepository, IdentityProviderRepository
from services.gateway.store.repositories.identity import (
    AccountRepository,
    ApiClientRepository,
    AuthorizationCodeRepository,
    ClientKeyRepository,
    SessionRepository,
)
from services.gateway.store.repositories.second_factors import SecondFactorRepository
from services.gateway.store.repositories.tenancy import OrganisationRepository, TenantRepository
from shared.contracts.tenancy import PrincipalRevoked, TenantChanged, TenantErased
from shared.core.errors import Conflict
from shared.kit import unit_of_work
from shared.kit.auth.revocations import keep_revocation, was_revoked
from shared.kit.crypto import KeyRing
from shared.kit.db import Transaction
from shared.kit.tenancy import Tenant, enter_tenant, keep_erasure, keep_tenant


class UnitOfWork(unit_of_work.UnitOfWork):
    def __init__(
        self, tx: Transaction, tenant: Tenant, works: unit_of_work.Works[unit_of_work.UnitOfWork], *, keys: KeyRing
    ) -> None:
        super().__init__(tx, tenant, works)
        self._keys = keys

    @cached_property
    def accounts(self) -> AccountRepository:
        return AccountRepository(self.tx, self.tenant_id)

    @cached_property
    def api_clients(self) -> ApiClientRepository:
        return ApiClientRepository(self.tx, self.tenant_id)

    @cached_property
    def client_keys(self) -> ClientKeyRepository:
        return ClientKeyRepository(self.tx, self.tenant_id)

    @cached_property
    def second_factors(self) -> SecondFactorRepository:
        return SecondFactorRepository(self.tx, self.tenant_id, self._keys)

    @cached_property
    def authorization_codes(self) -> AuthorizationCodeRepository:
        return AuthorizationCodeRepository(self.tx, self.tenant_id)

    @cached_property
    def identity_providers(self) -> IdentityProviderRepository:
        return IdentityProviderRepository(self.tx, self.tenant_id, self._keys)

    @cached_property
    def federated_identities(self) -> FederatedIdentityRepository:
        return FederatedIdentityRepository(self.tx, self.tenant_id)

    @cached_property
    def sessions(self) -> SessionRepository:
        return SessionRepository(self.tx, self.tenant_id)

    @cached_property
    def tenants(self) -> TenantRepository:
        return TenantRepository(self.tx, self.tenant_id)

    @cached_property
    def org(self) -> OrganisationRepository:
        return OrganisationRepository(self.tx, self.tenant_id)

    @cached_property
    def audit_log(self) -> AuditLog:
        return AuditLog(self.tx, self.tenant_id)

    def real_now(self) -> datetime:
        return self._works.clock.now()

    async def erase(self, event: TenantErased) -> None:
        await keep_erasure(self.tx, event)
        self.publish(event)

    async def revoke(self, principal: UUID, *, session: UUID | None = None) -> None:
        event = PrincipalRevoked(principal=str(principal), session=session, revoked_at=self.real_now())
        await keep_revocation(self.tx, event)  # the gateway itself need not wait for the bus
        self.publish(event)

    async def was_revoked(self, principal: UUID, *, since: datetime) -> bool:
        return await was_revoked(self.tx, str(principal), since=since)


class Works(unit_of_work.Works[UnitOfWork]):
    """Opens the gateway's units of work, the first one of a new tenant included."""

    @asynccontextmanager
    async def founding(
        self, tenant: TenantChanged, /, *, before: Callable[[Transaction], Awaitable[None]] | None = None
    ) -> AsyncIterator[UnitOfWork]:
        """Write a tenant that did not exist, and work inside it in the same transaction, after what goes `before`.

        Raises Conflict (`already_exists`).
        """
        async with self.database.transaction() as tx:
            if before is not None:
                await before(tx)
            if not await keep_tenant(tx, tenant):
                raise Conflict("already_exists", "There is a company with this id already.")
            yield self._unit(tx, await enter_tenant(tx, tenant.tenant_id), self)  # type: ignore[arg-type]  # as in the base
