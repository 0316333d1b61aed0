"""Carry a session on: its refresh token buys an access token and the next refresh token."""

from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.domain.identity.session import Session
from services.gateway.usecases.identity.admission import require_active, require_active_account, tried_with
from services.gateway.usecases.identity.open_session import Opened
from services.gateway.usecases.identity.owners import owner_of
from services.gateway.usecases.ports import UnitOfWork, WorkOf
from shared.core.errors import Unauthenticated


async def refresh_session(
    work_of: WorkOf, shown: Opaque, *, client_id: UUID | None, secret: bytes, at: datetime
) -> Opened:
    """Give what the account is now, and a token with `secret`; `at` is real time.

    Only the front end through which a session was opened carries it on, or none where there was none.
    A token that was used up before ends its session: either its owner or a thief holds the newer one.
    Raises Unauthenticated (`refresh_token_invalid`), Forbidden (`account_inactive`, `tenant_suspended`).
    """
    async with work_of(shown.tenant_id)() as uow:
        tenant = await uow.tenants.as_it_stays()
        account, session = await _shown(uow, shown, at=at)
        with tried_with(uow.tenant_id, account.id):
            require_active(tenant)
            await _require_good(uow, session, shown, client_id=client_id, at=at)
            await require_active_account(uow, account)
        refresh = Opaque(shown.tenant_id, session.id, secret)
        refreshed = session.refreshed(refresh.digest, at=at)
        await uow.sessions.save(refreshed)
        await uow.commit()
    return Opened(account.principal(shown.tenant_id), refreshed, refresh)


async def _shown(uow: UnitOfWork, shown: Opaque, *, at: datetime) -> tuple[Account, Session]:
    """Give whose token it is, and of which session; what has run out by itself tells of nobody any more."""
    account = await owner_of(uow, uow.sessions, id=shown.id)
    session = await uow.sessions.find(id=shown.id)
    if account is None or session is None or not session.knows(shown.digest) or at >= session.expires_at:
        raise _refused()
    return account, session


async def _require_good(
    uow: UnitOfWork, session: Session, shown: Opaque, *, client_id: UUID | None, at: datetime
) -> None:
    if session.client_id != client_id or not session.is_open(at):
        raise _refused()
    if not session.accepts(shown.digest, at=at):
        await _end_where_replayed(uow, session, shown, at=at)
        raise _refused()


async def _end_where_replayed(uow: UnitOfWork, session: Session, shown: Opaque, *, at: datetime) -> None:
    if session.gave(shown.digest):
        await uow.sessions.save(session.ended(at=at))
        await uow.revoke(session.account_id, session=session.id)
        await uow.commit()


def _refused() -> Unauthenticated:
    return Unauthenticated("refresh_token_invalid", "The refresh token is unknown, used up or expired; log in again.")
