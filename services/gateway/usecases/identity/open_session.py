"""Let a person in by user name and password."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.domain.identity.session import Method, Session
from services.gateway.usecases.identity.admission import begin_attempt, require_active_account, require_active_tenant
from services.gateway.usecases.identity.passwords import matches
from services.gateway.usecases.ports import UnitOfWork, Work, WorkOf
from services.gateway.usecases.ports.identity import Attempts, Credentials
from shared.core.access import Principal
from shared.core.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Opened:
    """An open session: who it is, and the token that carries it on."""

    principal: Principal
    session: Session
    refresh: Opaque


async def open_session(
    credentials: Credentials,
    attempts: Attempts,
    work_of: WorkOf,
    *,
    username: str,
    password: str,
    code: str | None,
    tenant_id: UUID | None,
    secret: bytes,
    at: datetime,
) -> Opened:
    """Open a session whose first refresh token holds `secret`; `at` is real time.

    Without a tenant the user name must be the only one of its kind in the installation.
    Raises Unauthenticated (`credentials_invalid`, `second_factor_required`), RateLimited (`too_many_attempts`),
    Forbidden (`account_inactive`, `tenant_suspended`).
    """
    found = await credentials.accounts(username.lower(), tenant_id=tenant_id)
    tenant, account = found[0] if len(found) == 1 else (None, None)
    subject = account.id if account else f"{tenant_id}\n{username.lower()}"
    await begin_attempt(attempts, subject, at=at)
    if not await matches(account.password_hash if account else None, password) or tenant is None or account is None:
        raise Unauthenticated(
            "credentials_invalid",
            "User name or password is wrong; where companies use the same user name, name the tenant too.",
            tenant_id=tenant,
            subject=str(account.id) if account else None,
        )
    opened = await _opened(work_of(tenant), account, code=code, secret=secret, at=at)
    await attempts.clear(subject)
    return opened


async def _opened(work: Work, proven: Account, *, code: str | None, secret: bytes, at: datetime) -> Opened:
    """Open it for the account as it is now: it may have been closed, or given another password, while we compared."""
    async with work() as uow:
        tenant_id = uow.tenant_id
        await require_active_tenant(uow)
        account = await uow.accounts.get(proven.id)
        if account.password_hash != proven.password_hash:
            raise Unauthenticated("credentials_invalid", "The password was changed meanwhile; log in again.")
        await require_active_account(uow, account)
        methods = await _second_factor(uow, account, code, at=at)
        refresh = Opaque(tenant_id, uow.new_id(), secret)
        session = Session(
            id=refresh.id,
            account_id=account.id,
            client_id=None,
            methods=("password", *methods),
            token_digest=refresh.digest,
            previous_digest=None,
            created_at=at,
            refreshed_at=at,
        )
        await uow.sessions.add(session)
        await uow.commit()
    return Opened(account.principal(tenant_id), session, refresh)


async def _second_factor(uow: UnitOfWork, account: Account, code: str | None, *, at: datetime) -> tuple[Method, ...]:
    """Take the code of a device where one is set up; gives how the person proved who it is besides."""
    factor = await uow.second_factors.find(account_id=account.id)
    if factor is None or factor.confirmed_at is None:
        return ()
    used, method = factor.used(code, at=at)
    await uow.second_factors.save(used)
    return (method,)
