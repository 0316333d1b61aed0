"""The tenant a piece of work belongs to: zone, currency, locale, and the business clock of sandboxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from shared.contracts.tenancy import TenantChanged
from shared.core.clock import Clock, business_date
from shared.core.errors import Unavailable
from shared.kit.db import Database, Transaction

_ALL = text("SELECT id FROM tenants ORDER BY id")
_ACTIVE = text("SELECT id FROM tenants WHERE status = 'active' ORDER BY id")
_ENTER = text(
    "SELECT set_config('app.tenant', :text_id, true), name, zone, currency, locale, sandbox, clock_offset_seconds"
    " FROM tenants WHERE id = :id",
)
_UPSERT = text(
    "INSERT INTO tenants (id, sequence, name, status, zone, currency, locale, sandbox, clock_offset_seconds)"
    " VALUES (:id, :sequence, :name, :status, :zone, :currency, :locale, :sandbox, :clock_offset_seconds)"
    " ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, name = excluded.name, status = excluded.status,"
    " zone = excluded.zone, currency = excluded.currency, locale = excluded.locale, sandbox = excluded.sandbox,"
    " clock_offset_seconds = excluded.clock_offset_seconds WHERE tenants.sequence < excluded.sequence",
)


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

    Raises Unavailable where this service has not heard of the tenant yet.
    """
    row = (await tx.execute(_ENTER, {"text_id": str(tenant_id), "id": tenant_id})).mappings().one_or_none()
    if row is None:
        raise Unavailable("tenant_unknown", "This service has not heard of the tenant yet.")
    offset = timedelta(seconds=row["clock_offset_seconds"])
    columns = {name: row[name] for name in ("name", "zone", "currency", "locale", "sandbox")}
    return Tenant(id=tenant_id, clock_offset=offset, **columns)


async def keep_tenant(tx: Transaction, event: TenantChanged) -> bool:
    """Keep the newest copy of a tenant; tells whether this is it."""
    kept = await tx.execute(_UPSERT, {**event.model_dump(exclude={"tenant_id"}), "id": event.tenant_id})
    return kept.rowcount == 1


async def tenant_ids(database: Database) -> Sequence[UUID]:
    """List every tenant this service has heard of."""
    async with database.transaction() as tx:
        return (await tx.execute(_ALL)).scalars().all()


async def active_tenant_ids(database: Database) -> Sequence[UUID]:
    """List those that are not suspended."""
    async with database.transaction() as tx:
        return (await tx.execute(_ACTIVE)).scalars().all()
