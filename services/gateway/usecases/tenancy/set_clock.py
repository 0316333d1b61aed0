"""Set the business clock of a sandbox."""

from datetime import datetime

from services.gateway.domain.tenant import Tenant
from services.gateway.usecases.identity.announce import tenant_changed
from services.gateway.usecases.ports import Work


async def set_clock(work: Work, instant: datetime | None, *, real_now: datetime) -> Tenant:
    """Let business time be `instant` now and run on from there, or be real time again (None).

    Raises Conflict (`not_a_sandbox`), Invalid (`clock_out_of_range`).
    """
    async with work() as uow:
        tenant = (await uow.tenants.current()).at_time(instant, real_now=real_now)
        await uow.tenants.save(tenant)
        uow.publish(tenant_changed(tenant))
        await uow.commit()
    return tenant
