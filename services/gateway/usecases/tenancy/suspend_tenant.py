"""Shut a company for everybody, and open it again."""

from datetime import datetime

from services.gateway.domain.tenant import Tenant
from services.gateway.usecases.identity.announce import tenant_changed
from services.gateway.usecases.ports import UnitOfWork, Work
from services.gateway.usecases.ports.tenancy import Suspension


async def suspend_tenant(work: Work, *, reason: str, by: str, at: datetime) -> Tenant:
    """Let nobody of the company in, in any service within seconds; again it changes nothing, not even the reason.

    `at` is real time.
    """
    async with work() as uow:
        tenant = await uow.tenants.current()
        if tenant.status == "active":
            tenant = tenant.suspended()
            await uow.tenants.suspend(Suspension(since=at, reason=reason, by=by))
            await _save(uow, tenant)
    return tenant


async def resume_tenant(work: Work) -> Tenant:
    """Let everybody of the company in again, and call its erasure off; again it changes nothing."""
    async with work() as uow:
        tenant = await uow.tenants.current()
        if tenant.status == "suspended":
            tenant = tenant.resumed()
            await uow.tenants.end_suspension()
            await uow.tenants.call_off_erasure()
            await _save(uow, tenant)
    return tenant


async def _save(uow: UnitOfWork, tenant: Tenant) -> None:
    await uow.tenants.save(tenant)
    uow.publish(tenant_changed(tenant))
    await uow.commit()
