"""What routes read of the tenant."""

from sqlalchemy import select

from services.gateway.store.tables.base import kit
from shared.core.paging import Row
from shared.kit import queries


class TenancyQueries(queries.Queries):
    async def tenant(self) -> Row:
        """Read the tenant, with the business time at which it was read as `now`."""
        async with self.reading() as (tx, tenant):
            row = (await tx.execute(select(kit.tenants).where(kit.tenants.c.id == self.tenant_id))).mappings().one()
            return {**row, "now": tenant.now(self._works.clock)}
