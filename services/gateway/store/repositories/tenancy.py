"""The tenant, and the copy of who works in it."""

from collections.abc import Collection
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.gateway.domain.hosting.erasure import Erasure
from services.gateway.domain.identity.account import Employee
from services.gateway.domain.tenant import Tenant
from services.gateway.store.tables.base import kit, org
from services.gateway.store.tables.hosting import tenant_erasures, tenant_suspensions
from services.gateway.usecases.ports.tenancy import Suspension
from shared.kit.db import Transaction
from shared.kit.org.replica import OrgReplica


class TenantRepository:
    """The tenant of the unit of work; its table has no tenant beside the tenant itself."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id
        self._mine = kit.tenants.c.id == tenant_id

    async def current(self) -> Tenant:
        """Load and lock it."""
        return await self._load(select(kit.tenants).where(self._mine).with_for_update())

    async def as_it_stays(self) -> Tenant:
        """Load it with a lock that is shared, but not with who changes it."""
        return await self._load(select(kit.tenants).where(self._mine).with_for_update(read=True))

    async def _load(self, statement: Executable) -> Tenant:
        return Tenant(**(await self._tx.execute(statement)).mappings().one())

    async def save(self, tenant: Tenant) -> None:
        await self._tx.execute(update(kit.tenants).where(self._mine).values(**asdict(tenant)))

    async def suspend(self, suspension: Suspension) -> None:
        row = {"tenant_id": self._tenant_id, **asdict(suspension)}
        await self._tx.execute(insert(tenant_suspensions).values(row))

    async def end_suspension(self) -> None:
        mine = tenant_suspensions.c.tenant_id == self._tenant_id
        await self._tx.execute(delete(tenant_suspensions).where(mine))

    async def erasure(self) -> Erasure | None:
        mine = tenant_erasures.c.tenant_id == self._tenant_id
        columns = [tenant_erasures.c[field.name] for field in fields(Erasure)]
        row = (await self._tx.execute(select(*columns).where(mine))).mappings().one_or_none()
        return None if row is None else Erasure(**row)

    async def order_erasure(self, erasure: Erasure) -> None:
        row = asdict(erasure)
        statement = upsert(tenant_erasures).values(tenant_id=self._tenant_id, **row)
        await self._tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=row))

    async def call_off_erasure(self) -> None:
        mine = tenant_erasures.c.tenant_id == self._tenant_id
        await self._tx.execute(delete(tenant_erasures).where(mine))


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
