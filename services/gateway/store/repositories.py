"""Repositories of the gateway: they load and lock what use cases decide about."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from services.gateway.domain.account import Account, Employee
from services.gateway.domain.api_client import ApiClient
from services.gateway.domain.client_key import ClientKey
from services.gateway.domain.session import Session
from services.gateway.domain.tenant import Tenant
from services.gateway.store.tables import accounts, api_clients, client_keys, kit, org, sessions
from shared.core.paging import Row
from shared.kit.db import Transaction
from shared.kit.org.replica import OrgReplica
from shared.kit.repository import Repository


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
    return ApiClient(**{**fields, "scopes": tuple(row["scopes"]), "networks": tuple(row["networks"])})


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


class SessionRepository(Repository[Session]):
    table = sessions
    entity = Session
    noun = "session"

    def to_entity(self, row: Row) -> Session:
        return super().to_entity({**row, "methods": tuple(row["methods"])})


class TenantRepository:
    """The tenant of the unit of work; its table has no tenant beside the tenant itself."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._mine = kit.tenants.c.id == tenant_id

    async def current(self) -> Tenant:
        """Load and lock it."""
        row = (await self._tx.execute(select(kit.tenants).where(self._mine).with_for_update())).mappings().one()
        return Tenant(**row)

    async def save(self, tenant: Tenant) -> None:
        await self._tx.execute(update(kit.tenants).where(self._mine).values(**asdict(tenant)))


class OrganisationRepository(OrgReplica):
    """The copy of the archive's organisation."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        super().__init__(tx, org, tenant_id)
        self._tx = tx

    async def find_employee(self, **equals: object) -> Employee | None:
        """Find the one whose columns equal these; a work number that was given twice is the newest holder's."""
        table = org.employees
        wanted: list[Any] = [table.c[name] == value for name, value in equals.items()]
        statement = (
            select(table.c.id, table.c.left_on, table.c.deleted)
            .where(*wanted)
            .order_by(table.c.deleted, table.c.id.desc())
        )
        row = (await self._tx.execute(statement.limit(1))).one_or_none()
        return None if row is None else Employee(row.id, row.left_on, row.deleted)

    async def missing_departments(self, ids: Collection[UUID]) -> frozenset[UUID]:
        """Give those of `ids` that are no department."""
        table = org.departments
        known = await self._tx.execute(select(table.c.id).where(table.c.id.in_(ids), ~table.c.deleted))
        return frozenset(ids) - set(known.scalars())
