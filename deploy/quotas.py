"""`steelyard tenant limit`: how often a company, or one account or client of it, may ask."""

import asyncio
from uuid import UUID

from deploy.errors import DeployError
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from services.gateway.domain.rate_limit import Kind, Quota
from shared.core.errors import Unavailable


def limit(
    settings: Settings, tenant_id: UUID, kind: Kind, *, amount: int | None, seconds: int, subject: str = ""
) -> None:
    """Set a quota, or let the default hold again (no amount). Raises DeployError where there is no such company."""
    quota = None if amount is None else Quota(amount, seconds)
    asyncio.run(_put(settings, tenant_id, kind, quota, subject=subject))


async def _put(settings: Settings, tenant_id: UUID, kind: Kind, quota: Quota | None, *, subject: str) -> None:
    gateway = wire_service(settings, "gateway", pool=1)
    try:
        async with gateway.works.begin(tenant_id):
            await gateway.quota_overrides.put(tenant_id, kind, quota, subject=subject)
    except Unavailable:
        raise DeployError(f"There is no company {tenant_id}.") from None
    finally:
        await gateway.close_quotas()
        await gateway.database.close()
