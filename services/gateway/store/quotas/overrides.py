"""Quotas of single tenants, accounts and clients, remembered for a while so that few requests ask for them."""

import asyncio
import time
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from services.gateway.domain.rate_limit import Kind, Quota
from services.gateway.store.tables.quotas import quota_overrides
from shared.kit.db import Database
from shared.kit.log import get_logger

REMEMBERED_SECONDS = 30.0
PATIENCE_SECONDS = 0.5
Found = Mapping[tuple[str, Kind], Quota]


class QuotaOverrides:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[UUID, tuple[float, Found]] = {}

    async def of(self, tenant_id: UUID) -> Found:
        """Give what is known; in an outage that is what was known before, or nothing."""
        until, found = self._known.get(tenant_id, (0.0, {}))
        if time.monotonic() < until:
            return found
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                found = await self._read(tenant_id)
        except (SQLAlchemyError, OSError) as error:
            get_logger(__name__).warning("quotas.overrides_unread", reason=type(error).__name__)
        self._known[tenant_id] = (time.monotonic() + REMEMBERED_SECONDS, found)
        return found

    async def put(self, tenant_id: UUID, kind: Kind, quota: Quota | None, *, subject: str = "") -> None:
        """Set one, or let the default hold again (None)."""
        key = {"tenant_id": tenant_id, "subject": subject, "kind": kind}
        where = [quota_overrides.c[name] == value for name, value in key.items()]
        async with self._database.transaction(tenant_id) as tx:
            if quota is None:
                await tx.execute(delete(quota_overrides).where(*where))
            else:
                values = {"amount": quota.amount, "seconds": quota.seconds}
                statement = insert(quota_overrides).values(**key, **values)
                await tx.execute(statement.on_conflict_do_update(index_elements=[*key], set_=values))
            await tx.commit()
        self._known.pop(tenant_id, None)

    async def _read(self, tenant_id: UUID) -> Found:
        async with self._database.transaction(tenant_id) as tx:
            rows = await tx.execute(select(quota_overrides))
            return {(row.subject, row.kind): Quota(row.amount, row.seconds) for row in rows}
