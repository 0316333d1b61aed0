"""What the gateway's routes read; credentials lie outside row-level security, so each statement names the tenant."""

from uuid import UUID

from sqlalchemy import select

from services.gateway.store.tables import accounts, api_clients, kit
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries


class Queries(queries.Queries):
    async def accounts(self, page: PageRequest) -> Page:
        statement = select(accounts).where(accounts.c.tenant_id == self.tenant_id)
        return await self.page(statement, page, by=[accounts.c.id], updated=accounts.c.updated_at)

    async def account(self, account_id: UUID) -> Row:
        mine = (accounts.c.tenant_id == self.tenant_id, accounts.c.id == account_id)
        return await self.one(select(accounts).where(*mine), noun="account")

    async def api_clients(self, page: PageRequest) -> Page:
        statement = select(api_clients).where(api_clients.c.tenant_id == self.tenant_id)
        return await self.page(statement, page, by=[api_clients.c.id], updated=api_clients.c.updated_at)

    async def api_client(self, client_id: UUID) -> Row:
        mine = (api_clients.c.tenant_id == self.tenant_id, api_clients.c.id == client_id)
        return await self.one(select(api_clients).where(*mine), noun="API client")

    async def tenant(self) -> Row:
        """Read the tenant, with the business time at which it was read as `now`."""
        async with self.reading() as (tx, tenant):
            row = (await tx.execute(select(kit.tenants).where(kit.tenants.c.id == self.tenant_id))).mappings().one()
            return {**row, "now": tenant.now(self._works.clock)}
