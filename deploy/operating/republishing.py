"""`steelyard republish`: current documents told once more, which bootstraps and repairs whoever keeps a copy."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any
from uuid import UUID

from deploy.errors import DeployError
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from shared.core.errors import TenantGone


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
        return await tell_again(wiring, tenants if tenant_id is None else [tenant_id])
    finally:
        await wiring.database.close()


async def tell_again(wiring: Any, tenants: Sequence[UUID]) -> int:  # noqa: ANN401 -- each service has its own
    """Give how many documents these tenants have; one that is being erased has none."""
    told = 0
    for tenant_id in tenants:
        with suppress(TenantGone):
            told += await wiring.republish(tenant_id)
    return told
