"""What routes read of people and systems; credentials lie outside row-level security: statements name the tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from services.gateway.domain.identity.session import IDLE, LONGEST
from services.gateway.store.conditions import living
from services.gateway.store.tables.federation import identity_providers
from services.gateway.store.tables.identity import accounts, api_clients, client_keys, second_factors, sessions
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries


class IdentityQueries(queries.Queries):
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

    async def client_keys(self, client_id: UUID, page: PageRequest) -> Page:
        mine = (client_keys.c.tenant_id == self.tenant_id, client_keys.c.client_id == client_id)
        return await self.page(select(client_keys).where(*mine), page, by=[client_keys.c.id])

    async def identity_provider(self) -> Row:
        """Read all but the secret."""
        shown = [column for column in identity_providers.c if column.name != "client_secret"]
        has_secret = identity_providers.c.client_secret.is_not(None).label("has_secret")
        return await self.one(select(*shown, has_secret), noun="identity provider")

    async def second_factor(self, account_id: UUID) -> Row:
        left = func.cardinality(second_factors.c.recovery_digests).label("recovery_codes_left")
        statement = select(second_factors.c.confirmed_at, left).where(second_factors.c.account_id == account_id)
        return await self.one(statement, noun="second factor")

    async def sessions(self, page: PageRequest, *, account_id: UUID, at: datetime) -> Page:
        """List an account's open sessions, the newest first."""
        mine = (sessions.c.account_id == account_id, sessions.c.ended_at.is_(None), living(at))
        expires_at = func.least(sessions.c.created_at + LONGEST, sessions.c.refreshed_at + IDLE).label("expires_at")
        statement = select(sessions, expires_at).where(*mine)
        return await self.page(statement, page, by=[sessions.c.id], newest_first=True)
