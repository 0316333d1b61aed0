"""Rename a company or move it to another zone, currency or language."""

from collections.abc import Mapping
from typing import Any

from services.gateway.domain.tenant import Tenant
from services.gateway.usecases.identity.announce import tenant_changed
from services.gateway.usecases.ports import Work
from shared.core.versions import require_version


async def change_tenant(work: Work, changes: Mapping[str, Any], *, expected: int | None) -> Tenant:
    """Apply a merge patch of `name`, `zone`, `currency`, `locale`.

    Raises PreconditionFailed, Invalid (`zone_unknown`).
    """
    async with work() as uow:
        tenant = await uow.tenants.current()
        require_version(tenant.sequence, expected)
        changed = tenant.changed(changes)
        await uow.tenants.save(changed)
        uow.publish(tenant_changed(changed))
        await uow.commit()
    return changed
