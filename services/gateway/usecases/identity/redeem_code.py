"""Open the session that an authorization code stands for, once."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.authorization import KEPT, AuthorizationCode
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.domain.identity.session import Session
from services.gateway.usecases.identity.admission import require_active_account, require_active_tenant
from services.gateway.usecases.identity.open_session import Opened
from services.gateway.usecases.ports import UnitOfWork, Work, WorkOf
from shared.core.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Redemption:
    """A code as a front end shows it."""

    shown: Opaque
    client_id: UUID
    redirect_uri: str
    verifier: str


async def redeem_code(work_of: WorkOf, redemption: Redemption, *, secret: bytes, at: datetime) -> Opened:
    """Open a session whose first refresh token holds `secret`; `at` is real time.

    A code that is shown again by who may show it ends the session that came of it: one of the two is a thief.
    Raises Unauthenticated (`authorization_code_invalid`), Forbidden (`account_inactive`, `tenant_suspended`).
    """
    async with work_of(redemption.shown.tenant_id)() as uow:
        await require_active_tenant(uow)
        code = await _shown_by_its_owner(uow, redemption)
        if not code.is_good(at):
            await _end_what_it_opened(uow, code, at=at)
            raise _refused(uow.tenant_id, code)
        opened = await _opened(uow, code, secret=secret, at=at)
        await uow.authorization_codes.save(code.redeemed(opened.session.id))
        await uow.commit()
    return opened


async def forget_codes(work: Work, *, at: datetime) -> None:
    """Delete codes that have been void for long enough."""
    async with work() as uow:
        await uow.authorization_codes.forget(before=at - KEPT)
        await uow.commit()


async def _shown_by_its_owner(uow: UnitOfWork, redemption: Redemption) -> AuthorizationCode:
    code = await uow.authorization_codes.find(id=redemption.shown.id)
    if code is None or not hmac.compare_digest(code.digest, redemption.shown.digest):
        raise _refused()
    if not code.is_bound_to(
        client_id=redemption.client_id, redirect_uri=redemption.redirect_uri, verifier=redemption.verifier
    ):
        raise _refused(uow.tenant_id, code)
    return code


async def _opened(uow: UnitOfWork, code: AuthorizationCode, *, secret: bytes, at: datetime) -> Opened:
    account = await uow.accounts.get(code.account_id)
    await require_active_account(uow, account)
    if await uow.was_revoked(account.id, since=code.created_at):  # logged out everywhere, or changed, meanwhile
        raise _refused(uow.tenant_id, code)
    refresh = Opaque(uow.tenant_id, uow.new_id(), secret)
    session = Session.begun(refresh, account.id, client_id=code.client_id, methods=code.methods, at=at)
    await uow.sessions.add(session)
    return Opened(account.principal(uow.tenant_id), session, refresh)


async def _end_what_it_opened(uow: UnitOfWork, code: AuthorizationCode, *, at: datetime) -> None:
    session = await uow.sessions.find(id=code.session_id) if code.session_id else None
    if session is not None and session.ended_at is None:
        await uow.sessions.save(session.ended(at=at))
        await uow.revoke(session.account_id, session=session.id)
        await uow.commit()


def _refused(tenant_id: UUID | None = None, code: AuthorizationCode | None = None) -> Unauthenticated:
    return Unauthenticated(
        "authorization_code_invalid",
        "The code is unknown, used, expired, or was given to somebody else; log in again.",
        tenant_id=tenant_id,
        subject=str(code.account_id) if code else None,
    )
