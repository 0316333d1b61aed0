"""Open the session that an authorization code stands for, once."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.authorization import AuthorizationCode
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.domain.identity.session import Session
from services.gateway.usecases.identity.admission import require_active, require_active_account, tried_with
from services.gateway.usecases.identity.open_session import Opened
from services.gateway.usecases.identity.owners import owner_of
from services.gateway.usecases.ports import UnitOfWork, WorkOf
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
        tenant = await uow.tenants.as_it_stays()
        account, code = await _shown(uow, redemption)
        with tried_with(uow.tenant_id, account.id):
            require_active(tenant)
            await _require_good(uow, code, redemption, at=at)
            opened = await _opened(uow, account, code, secret=secret, at=at)
        await uow.authorization_codes.save(code.redeemed(opened.session.id))
        await uow.commit()
    return opened


async def _shown(uow: UnitOfWork, redemption: Redemption) -> tuple[Account, AuthorizationCode]:
    """Give whose code it is, whoever shows it."""
    account = await owner_of(uow, uow.authorization_codes, id=redemption.shown.id)
    code = await uow.authorization_codes.find(id=redemption.shown.id)
    if account is None or code is None or not hmac.compare_digest(code.digest, redemption.shown.digest):
        raise _refused()
    return account, code


async def _require_good(uow: UnitOfWork, code: AuthorizationCode, redemption: Redemption, *, at: datetime) -> None:
    if not code.is_bound_to(
        client_id=redemption.client_id, redirect_uri=redemption.redirect_uri, verifier=redemption.verifier
    ):
        raise _refused()
    if not code.is_good(at):
        await _end_what_it_opened(uow, code, at=at)
        raise _refused()


async def _opened(uow: UnitOfWork, account: Account, code: AuthorizationCode, *, secret: bytes, at: datetime) -> Opened:
    await require_active_account(uow, account)
    if await uow.was_revoked(account.id, since=code.created_at):  # logged out everywhere, or changed, meanwhile
        raise _refused()
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


def _refused() -> Unauthenticated:
    detail = "The code is unknown, used, expired, or was given to somebody else; log in again."
    return Unauthenticated("authorization_code_invalid", detail)
