"""What keeps callers out: too many tries, a suspended tenant, a closed access, a person who left."""

from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.usecases.ports import UnitOfWork
from services.gateway.usecases.ports.identity import Attempts, KnownClient
from shared.core.errors import Forbidden, RateLimited, Unauthenticated


async def require_active_tenant(uow: UnitOfWork) -> None:
    """Raise Forbidden (`tenant_suspended`)."""
    if (await uow.tenants.current()).status != "active":
        raise Forbidden("tenant_suspended", "This company's access is suspended.")


async def require_active_account(uow: UnitOfWork, account: Account) -> None:
    """Raise Forbidden (`account_inactive`), also for somebody who is no longer with the company."""
    employee = await uow.org.find_employee(id=account.employee_id) if account.employee_id else None
    if not account.active or (employee is not None and not employee.works_on(uow.today())):
        detail = "This account is closed."
        raise Forbidden("account_inactive", detail, tenant_id=uow.tenant_id, subject=str(account.id))


async def require_recent_log_in(uow: UnitOfWork, account_id: UUID, session_id: UUID | None) -> None:
    """Raise Forbidden (`log_in_not_recent`) unless the session was opened by its owner a moment ago.

    What a stolen token does for five minutes must not become what a thief's own device opens for ever.
    """
    session = await uow.sessions.find(id=session_id, account_id=account_id) if session_id else None
    if session is None or not session.is_recent(uow.real_now()):
        raise Forbidden("log_in_not_recent", "Log in anew, and do this within ten minutes.")


async def begin_attempt(attempts: Attempts, subject: str | UUID, *, at: datetime) -> None:
    """Count a try as failed until it is cleared. Raises RateLimited (`too_many_attempts`)."""
    if wait := await attempts.begin(subject, at=at):
        raise RateLimited("too_many_attempts", "Too many tries have failed; wait a while.", retry_after=wait)


def client_refused(known: KnownClient | None = None) -> Unauthenticated:
    """Build the one answer for whatever is wrong with what a system shows."""
    detail = "The client is unknown, closed, or what it shows is wrong."
    if known is None:
        return Unauthenticated("client_invalid", detail)
    return Unauthenticated("client_invalid", detail, tenant_id=known.tenant_id, subject=str(known.client.id))
