"""What keeps callers out: too many tries, a suspended tenant, a closed access, a person who left."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.domain.tenant import Tenant
from services.gateway.usecases.ports import UnitOfWork
from services.gateway.usecases.ports.identity import Attempts
from shared.core.errors import Denied, Forbidden, RateLimited, Unauthenticated


async def require_active_tenant(uow: UnitOfWork) -> Tenant:
    """Give the company, which nobody suspends before the unit of work ends. Raises Forbidden (`tenant_suspended`)."""
    tenant = await uow.tenants.as_it_stays()
    require_active(tenant)
    return tenant


def require_active(tenant: Tenant) -> None:
    """Raise Forbidden (`tenant_suspended`)."""
    if tenant.status != "active":
        raise Forbidden("tenant_suspended", "This company's access is suspended.")


async def require_active_account(uow: UnitOfWork, account: Account) -> None:
    """Raise Forbidden (`account_inactive`), also for somebody who is no longer with the company."""
    employee = await uow.org.find_employee(id=account.employee_id) if account.employee_id else None
    if not account.active or (employee is not None and not employee.works_on(uow.today())):
        raise Forbidden("account_inactive", "This account is closed.")


async def require_recent_log_in(uow: UnitOfWork, account: Account, session_id: UUID | None) -> None:
    """Raise Forbidden (`log_in_not_recent`) unless the session was opened by its owner a moment ago.

    What a stolen token does for five minutes must not become what a thief's own device opens for ever.
    """
    session = await uow.sessions.find(id=session_id, account_id=account.id) if session_id else None
    if session is None or not session.is_recent(uow.real_now()):
        raise Forbidden("log_in_not_recent", "Log in anew, and do this within ten minutes.")


async def begin_attempt(attempts: Attempts, subject: str | UUID, *, at: datetime) -> None:
    """Count a try as failed until it is cleared. Raises RateLimited (`too_many_attempts`)."""
    if wait := await attempts.begin(subject, at=at):
        raise RateLimited("too_many_attempts", "Too many tries have failed; wait a while.", retry_after=wait)


def client_refused() -> Unauthenticated:
    """Build the one answer for whatever is wrong with what a system shows."""
    return Unauthenticated("client_invalid", "The client is unknown, closed, or what it shows is wrong.")


@contextmanager
def tried_with(tenant_id: UUID, subject: UUID) -> Iterator[None]:
    """Let refusals name the account or client they were tried with, unless they do, so that the audit log tells of it.

    What is undone with the unit of work was tried all the same; the entry is written when the refusal is answered.
    """
    try:
        yield
    except Denied as error:
        if error.subject is None:
            error.tenant_id, error.subject = tenant_id, str(subject)
        raise
