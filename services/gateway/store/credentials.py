"""Look-ups of credentials across tenants, for callers whose tenant is not known yet."""

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.client_key import ClientKey
from services.gateway.store.repositories.identity import account_of, api_client_of
from services.gateway.store.tables.identity import accounts, api_clients, client_keys, used_assertions
from services.gateway.usecases.ports.identity import KnownClient
from shared.core.paging import Row
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

    async def api_client(self, client_id: UUID) -> KnownClient | None:
        """Find a client with its tenant and keys."""
        async with self._database.transaction() as tx:
            row = (await tx.execute(select(api_clients).where(api_clients.c.id == client_id))).mappings().one_or_none()
            if row is None:
                return None
            keys = (await tx.execute(select(client_keys).where(client_keys.c.client_id == client_id))).mappings()
            return KnownClient(row["tenant_id"], api_client_of(dict(row)), [_key(dict(key)) for key in keys])

    async def use_assertion(self, client_id: UUID, assertion_id: str, *, expires_at: datetime) -> bool:
        """Note that a signed assertion was shown; gives False where it was before."""
        digest = hashlib.sha256(assertion_id.encode()).digest()
        async with self._database.transaction() as tx:
            row = {"client_id": client_id, "digest": digest, "expires_at": expires_at}
            noted = await tx.execute(insert(used_assertions).values(row).on_conflict_do_nothing())
            await tx.commit()
        return noted.rowcount == 1

    async def forget_assertions(self, *, before: datetime) -> None:
        """Delete what can no longer be shown again."""
        async with self._database.transaction() as tx:
            await tx.execute(delete(used_assertions).where(used_assertions.c.expires_at < before))
            await tx.commit()


def _key(row: Row) -> ClientKey:
    return ClientKey(**{field.name: row[field.name] for field in fields(ClientKey)})
