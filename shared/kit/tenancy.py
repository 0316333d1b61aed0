"""The tenant a piece of work belongs to: zone, currency, locale, and the business clock of sandboxes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from shared.contracts.tenancy import TenantChanged, TenantErased
from shared.core.clock import Clock, business_date
from shared.core.errors import TenantGone, Unavailable
from shared.kit.db import Database, Transaction

_ALL = text("SELECT id FROM tenants ORDER BY id")
_ACTIVE = text("SELECT id FROM tenants WHERE status = 'active' ORDER BY id")
_ENTER = text(
    "SELECT set_config('app.tenant', :text_id, true), name, status, zone, currency, locale, sandbox,"
    " clock_offset_seconds FROM tenants WHERE id = :id",
)
_UPSERT = text(
    "INSERT INTO tenants (id, sequence, name, status, zone, currency, locale, sandbox, clock_offset_seconds)"
    " SELECT CAST(:id AS uuid), :sequence, :name, :status, :zone, :currency, :locale, :sandbox, :clock_offset_seconds"
    " WHERE NOT EXISTS (SELECT FROM erasures WHERE digest = :digest)"
    " ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, name = excluded.name, status = excluded.status,"
    " zone = excluded.zone, currency = excluded.currency, locale = excluded.locale, sandbox = excluded.sandbox,"
    " clock_offset_seconds = excluded.clock_offset_seconds WHERE tenants.sequence < excluded.sequence",
)


_ERASED = text("SELECT 1 FROM erasures WHERE digest = :digest")
_KEEP_ERASURE = text(
    "INSERT INTO erasures (digest, tenant, ordered_at) VALUES (:digest, :id, :ordered_at) ON CONFLICT DO NOTHING"
)
_SHUT = text("UPDATE tenants SET status = 'erasing' WHERE id = :id")
_ERASING = "erasing"


@dataclass(frozen=True, slots=True)
class Tenant:
    """What work inside a tenant needs to know of it."""

    id: UUID
    name: str
    zone: str
    currency: str
    locale: str
    sandbox: bool
    clock_offset: timedelta

    def now(self, clock: Clock) -> datetime:
        """Tell the business time: real time, shifted in a sandbox."""
        return clock.now() + self.clock_offset

    def today(self, clock: Clock) -> date:
        return business_date(self.now(clock), self.zone)


async def enter_tenant(tx: Transaction, tenant_id: UUID) -> Tenant:
    """Open row-level security for the tenant and read its copy.

    Raises Unavailable where this service has not heard of the tenant yet, TenantGone where it is erased.
    """
    row = (await tx.execute(_ENTER, {"text_id": str(tenant_id), "id": tenant_id})).mappings().one_or_none()
    if row is None or row["status"] == _ERASING:
        await _refuse_erased(tx, tenant_id)
        raise Unavailable("tenant_unknown", "This service has not heard of the tenant yet.")
    offset = timedelta(seconds=row["clock_offset_seconds"])
    columns = {name: row[name] for name in ("name", "zone", "currency", "locale", "sandbox")}
    return Tenant(id=tenant_id, clock_offset=offset, **columns)


async def keep_tenant(tx: Transaction, event: TenantChanged) -> bool:
    """Keep the newest copy of a tenant; tells whether this is it."""
    row = {**event.model_dump(exclude={"tenant_id"}), "id": event.tenant_id, "digest": digest_of(event.tenant_id)}
    kept = await tx.execute(_UPSERT, row)
    return kept.rowcount == 1


async def keep_erasure(tx: Transaction, event: TenantErased) -> None:
    """Note that a tenant is to be erased: from this commit on nothing of it is taken in."""
    row = {"digest": digest_of(event.tenant_id), "id": event.tenant_id, "ordered_at": event.ordered_at}
    if (await tx.execute(_KEEP_ERASURE, row)).rowcount:
        await tx.execute(_SHUT, {"id": event.tenant_id})


def digest_of(tenant_id: UUID) -> bytes:
    """Give what stays of a tenant: nobody finds the id by it, and whoever has the id finds it."""
    return hashlib.sha256(str(tenant_id).encode()).digest()


async def is_gone(tx: Transaction, tenant_id: UUID) -> bool:
    """Tell whether a tenant is erased, or is being erased."""
    return (await tx.execute(_ERASED, {"digest": digest_of(tenant_id)})).one_or_none() is not None


async def _refuse_erased(tx: Transaction, tenant_id: UUID) -> None:
    if await is_gone(tx, tenant_id):
        raise TenantGone("tenant_erased", "Everything of this tenant is erased.")


async def tenant_ids(database: Database) -> Sequence[UUID]:
    """List every tenant this service has heard of."""
    async with database.transaction() as tx:
        return (await tx.execute(_ALL)).scalars().all()


async def active_tenant_ids(database: Database) -> Sequence[UUID]:
    """List those that are not suspended."""
    async with database.transaction() as tx:
        return (await tx.execute(_ACTIVE)).scalars().all()
