"""Look-ups of credentials across tenants, for callers whose tenant is not known yet."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.gateway.domain.account import Account
from services.gateway.domain.api_client import ApiClient
from services.gateway.store.repositories import account_of, api_client_of
from services.gateway.store.tables import accounts, api_clients
from shared.kit.db import Database


class Credentials:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def accounts(self, username: str, *, tenant_id: UUID | None) -> Sequence[tuple[UUID, Account]]:
        """Find the accounts of a user name with their tenants, in one tenant or in all."""
        statement = select(accounts).where(accounts.c.username == username)
        if tenant_id is not None:
            statement = statement.where(accounts.c.tenant_id == tenant_id)
        async with self._database.transaction() as tx:
            rows = (await tx.execute(statement.limit(2))).mappings()
            return [(row["tenant_id"], account_of(dict(row))) for row in rows]

    async def api_client(self, client_id: UUID) -> tuple[UUID, ApiClient] | None:
        """Find a client with its tenant."""
        async with self._database.transaction() as tx:
            row = (await tx.execute(select(api_clients).where(api_clients.c.id == client_id))).mappings().one_or_none()
        return None if row is None else (row["tenant_id"], api_client_of(dict(row)))
