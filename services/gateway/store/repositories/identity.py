"""Repositories of the gateway: they load and lock what use cases decide about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.api_client import ApiClient
from services.gateway.domain.identity.authorization import AuthorizationCode
from services.gateway.domain.identity.client_key import ClientKey
from services.gateway.domain.identity.session import Session
from services.gateway.store.conditions import living
from services.gateway.store.tables.identity import accounts, api_clients, authorization_codes, client_keys, sessions
from shared.core.paging import Row
from shared.kit.repository import E, Repository


def account_of(row: Row) -> Account:
    """Read an account from its row: arrays are tuples in the domain."""
    departments = row["hr_departments"]
    fields = {name: row[name] for name in accounts.c.keys() if name != "tenant_id"}  # noqa: SIM118 -- of columns
    return Account(
        **{
            **fields,
            "roles": tuple(row["roles"]),
            "hr_departments": None if departments is None else tuple(departments),
        }
    )


def api_client_of(row: Row) -> ApiClient:
    fields = {name: row[name] for name in api_clients.c.keys() if name != "tenant_id"}  # noqa: SIM118 -- of columns
    arrays = {name: tuple(row[name]) for name in ("scopes", "networks", "redirect_uris")}
    return ApiClient(**{**fields, **arrays})


class AccountRepository(Repository[Account]):
    table = accounts
    entity = Account
    noun = "account"

    def to_entity(self, row: Row) -> Account:
        return account_of(row)


class ApiClientRepository(Repository[ApiClient]):
    table = api_clients
    entity = ApiClient
    noun = "API client"

    def to_entity(self, row: Row) -> ApiClient:
        return api_client_of(row)


class ClientKeyRepository(Repository[ClientKey]):
    table = client_keys
    entity = ClientKey
    noun = "key"

    async def remove(self, key: ClientKey) -> None:
        mine = (client_keys.c.tenant_id == self.tenant_id, client_keys.c.id == key.id)
        await self.tx.execute(delete(client_keys).where(*mine))

    async def forget(self, *, before: datetime) -> None:
        old = (client_keys.c.tenant_id == self.tenant_id, client_keys.c.expires_at < before)
        await self.tx.execute(delete(client_keys).where(*old))


class OwnedRepository(Repository[E]):
    """Of what is one account's for ever."""

    async def owner_of(self, **equals: object) -> UUID | None:
        """Name the account of the one whose columns equal these, and lock nothing."""
        wanted = (self.table.c[name] == value for name, value in equals.items())
        owner = select(self.table.c.account_id).where(self.table.c.tenant_id == self.tenant_id, *wanted)
        account_id: UUID | None = (await self.tx.execute(owner)).scalar_one_or_none()
        return account_id


class AuthorizationCodeRepository(OwnedRepository[AuthorizationCode]):
    table = authorization_codes
    entity = AuthorizationCode
    noun = "authorization code"

    async def forget(self, *, before: datetime) -> None:
        old = (authorization_codes.c.tenant_id == self.tenant_id, authorization_codes.c.created_at < before)
        await self.tx.execute(delete(authorization_codes).where(*old))

    def to_entity(self, row: Row) -> AuthorizationCode:
        return super().to_entity({**row, "methods": tuple(row["methods"])})


class SessionRepository(OwnedRepository[Session]):
    table = sessions
    entity = Session
    noun = "session"

    async def forget(self, *, at: datetime) -> None:
        ids = select(sessions.c.id).where(sessions.c.tenant_id == self.tenant_id, ~living(at))
        over = sessions.c.id.in_(ids.with_for_update(skip_locked=True))  # so that it waits for nobody
        await self.tx.execute(delete(sessions).where(sessions.c.tenant_id == self.tenant_id, over))

    def to_entity(self, row: Row) -> Session:
        return super().to_entity({**row, "methods": tuple(row["methods"])})
