"""Erase a company: ordered first, called off until it is due, and then begun in every service."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from services.gateway.domain.hosting.erasure import Erasure, LedgerEntry, order_erasure
from services.gateway.usecases.ports import Work
from shared.contracts.tenancy import TenantErased

Enter = Callable[[LedgerEntry], Awaitable[None]]
"""Writes an entry into the ledger, and returns once it is on disk."""
ForgetFounding = Callable[[UUID], Awaitable[None]]
"""Deletes what lies outside of the company and tells that it was founded."""


async def order_tenant_erasure(work: Work, *, name: str, by: str, at: datetime, wait: timedelta) -> Erasure:
    """Order it for when the wait is over; again it gives the order there is, or an earlier day.

    `at` is real time. Raises Conflict (`tenant_not_suspended`), Invalid (`name_differs`).
    """
    async with work() as uow:
        ordered = order_erasure(await uow.tenants.current(), name=name, by=by, at=at, wait=wait)
        known = await uow.tenants.erasure()
        if known is not None and known.due_at <= ordered.due_at:
            return known
        await uow.tenants.order_erasure(ordered)
        await uow.commit()
    return ordered


async def call_off_erasure(work: Work) -> None:
    """Let the company only be suspended; without an order it changes nothing."""
    async with work() as uow:
        await uow.tenants.current()
        await uow.tenants.call_off_erasure()
        await uow.commit()


async def begin_erasure(work: Work, enter: Enter, forget_founding: ForgetFounding, *, at: datetime) -> bool:
    """Tell every service to erase the company, where that is due; from the ledger entry on there is no way back.

    `at` is real time. Gives whether it was.
    """
    async with work() as uow:
        tenant, order = await uow.tenants.current(), await uow.tenants.erasure()
        if order is None or tenant.status != "suspended" or not order.is_due(at):
            return False
        await enter(LedgerEntry(uow.tenant_id, at, order.by))
        await forget_founding(uow.tenant_id)
        await uow.erase(TenantErased(tenant_id=uow.tenant_id, ordered_at=order.ordered_at))
        await uow.commit()
    return True
