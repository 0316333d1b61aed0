"""`steelyard republish`: current documents told once more, which bootstraps and repairs whoever keeps a copy."""

import asyncio
from importlib import import_module
from uuid import UUID

from deploy.errors import DeployError
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings


def republish(settings: Settings, service: str, *, tenant_id: UUID | None) -> int:
    """Let a service write its current documents to its outbox again, for one tenant or all; gives how many.

    They leave with the relay of its worker. Raises DeployError where there is no such tenant.
    """
    return asyncio.run(_republish(settings, service, tenant_id))


async def _republish(settings: Settings, service: str, tenant_id: UUID | None) -> int:
    known = import_module("shared.kit.tenancy").tenant_ids
    wiring = wire_service(settings, service, pool=2)
    try:
        tenants = await known(wiring.database)
        if tenant_id is not None and tenant_id not in tenants:
            raise DeployError(f"The {service} does not know of a tenant {tenant_id}.")
        wanted = tenants if tenant_id is None else [tenant_id]
        return sum([await wiring.republish(each) for each in wanted])
    finally:
        await wiring.database.close()
