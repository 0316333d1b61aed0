"""The gateway's unit of work: its repositories over one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from services.gateway.store.repositories import (
    AccountRepository,
    ApiClientRepository,
    OrganisationRepository,
    TenantRepository,
)
from shared.contracts.tenancy import TenantChanged
from shared.kit import unit_of_work
from shared.kit.tenancy import enter_tenant, keep_tenant


class UnitOfWork(unit_of_work.UnitOfWork):
    @cached_property
    def accounts(self) -> AccountRepository:
        return AccountRepository(self.tx, self.tenant_id)

    @cached_property
    def api_clients(self) -> ApiClientRepository:
        return ApiClientRepository(self.tx, self.tenant_id)

    @cached_property
    def tenants(self) -> TenantRepository:
        return TenantRepository(self.tx, self.tenant_id)

    @cached_property
    def org(self) -> OrganisationRepository:
        return OrganisationRepository(self.tx, self.tenant_id)


class Works(unit_of_work.Works[UnitOfWork]):
    """Opens the gateway's units of work, the first one of a new tenant included."""

    @asynccontextmanager
    async def founding(self, tenant: TenantChanged) -> AsyncIterator[UnitOfWork]:
        """Write a tenant that did not exist, and work inside it in the same transaction."""
        async with self.database.transaction() as tx:
            await keep_tenant(tx, tenant)
            yield UnitOfWork(tx, await enter_tenant(tx, tenant.tenant_id), self)  # type: ignore[arg-type]  # as in the base
