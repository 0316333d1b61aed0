"""Erase all that a service holds of tenants that are to be gone, in steps each of which may be the last for now."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from shared.kit.db import Database
from shared.kit.holdings.tables import TENANTS, Holdings, tenant_column
from shared.kit.log import get_logger
from shared.kit.metrics import ERASED

_NOTICE = text("UPDATE erasures SET known_at = clock_timestamp() WHERE tenant IS NOT NULL AND known_at IS NULL")
"""After the commit that shut the tenant: whoever begins later finds it shut."""
_PENDING = text("SELECT tenant, known_at FROM erasures WHERE tenant IS NOT NULL ORDER BY known_at")
_OLDER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND datname = current_database()"
    " AND xact_start < CAST(:known_at AS timestamptz) AND pid <> pg_backend_pid()"
)
"""Transactions that may have begun before the tenant was shut, and may still write into it."""
_WAITING = text("SELECT count(*) FROM outbox WHERE key LIKE :key AND published_at IS NULL")
_OUTBOX = (
    "DELETE FROM outbox WHERE ctid = ANY(ARRAY(SELECT ctid FROM outbox"
    " WHERE key LIKE $1::text || '/%' AND published_at IS NOT NULL LIMIT $2))"
)
_FINISHED = text("SELECT digest FROM erasures WHERE erased_at IS NOT NULL")
_GONE = text("DELETE FROM tenants WHERE id = :tenant")
_DONE = text("UPDATE erasures SET tenant = NULL, erased_at = clock_timestamp() WHERE tenant = :tenant")
_ROWS = 5000
"""Deleted in one transaction, so that neighbours wait for none."""


async def erased(database: Database) -> frozenset[bytes]:
    """Give the digests of tenants of whom a service holds nothing any more."""
    async with database.transaction() as tx:
        return frozenset((await tx.execute(_FINISHED)).scalars())


async def erase_pending(holdings: Holdings, *, rows: int = _ROWS) -> int:
    """Go on with every erasure that is not finished; gives how many were finished now."""
    async with holdings.database.transaction() as tx:
        await tx.execute(_NOTICE)
        await tx.commit()
    async with holdings.database.transaction() as tx:
        pending = [(row.tenant, row.known_at) for row in await tx.execute(_PENDING)]
    return sum([await erase(holdings, tenant, known_at=known_at, rows=rows) for tenant, known_at in pending])


async def erase(holdings: Holdings, tenant_id: UUID, *, known_at: datetime, rows: int = _ROWS) -> bool:
    """Erase what there is, and call it finished once nothing was left and nobody can add to it.

    Whoever dies in between leaves less to do for the next one.
    """
    settled = await _is_settled(holdings, tenant_id, known_at)
    erased = sum([await _erase_all(holdings, statement, tenant_id, rows) for statement in _statements(holdings)])
    ERASED.labels(holdings.database.schema).inc(erased)
    if erased or not settled:
        return False
    async with holdings.database.transaction() as tx:
        await tx.execute(_GONE, {"tenant": tenant_id})
        await tx.execute(_DONE, {"tenant": tenant_id})
        await tx.commit()
    get_logger(__name__).info("tenant.erased", service=holdings.database.schema)
    return True


def _statements(holdings: Holdings) -> Iterator[str]:
    """Give what deletes some rows at a time: those that refer before those that are referred to."""
    yield from holdings.traces
    for table in reversed(holdings.tables):
        if table.name != TENANTS:
            owner = tenant_column(table).name
            some = f'SELECT ctid FROM "{table.name}" WHERE "{owner}" = $1 LIMIT $2'  # noqa: S608 -- our own names
            yield f'DELETE FROM "{table.name}" WHERE ctid = ANY(ARRAY({some}))'  # noqa: S608 -- our own names
    yield _OUTBOX


async def _is_settled(holdings: Holdings, tenant_id: UUID, known_at: datetime) -> bool:
    """Tell whether nobody writes into the tenant any more, and all it had to say has left."""
    async with holdings.database.transaction() as tx:
        older = (await tx.execute(_OLDER, {"known_at": known_at})).scalar_one()
        waiting = (await tx.execute(_WAITING, {"key": f"{tenant_id}/%"})).scalar_one()
    return not older and not waiting


async def _erase_all(holdings: Holdings, statement: str, tenant_id: UUID, rows: int) -> int:
    """Run a statement until it finds nothing; gives how many rows that were."""
    total = 0
    while True:
        async with holdings.database.transaction(tenant_id) as tx:
            driver = await tx.driver()
            given = (str(tenant_id) if "::text" in statement else tenant_id, rows)
            status = await driver.execute(statement, *given[: statement.count("$")])
            await tx.commit()
        count = int(status.split()[-1])
        total += count
        if count < rows or "$2" not in statement:
            return total
