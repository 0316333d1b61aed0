"""End sessions: their refresh tokens buy nothing any more, and their access tokens are void within seconds."""

from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.usecases.ports import UnitOfWork, Work, WorkOf
from shared.core.errors import NotFound


async def end_session(work: Work, session_id: UUID, *, account_id: UUID) -> None:
    """End one of an account's sessions; once more is no mistake. Raises NotFound."""
    async with work() as uow:
        session = await uow.sessions.find(id=session_id, account_id=account_id)
        if session is None:
            raise NotFound.of("session")
        await uow.sessions.save(session.ended(at=uow.real_now()))
        await uow.revoke(account_id, session=session_id)
        await uow.commit()


async def end_all_sessions(work: Work, account_id: UUID) -> None:
    """End every session of an account. Raises NotFound."""
    async with work() as uow:
        await end_everywhere(uow, await uow.accounts.get(account_id))
        await uow.commit()


async def end_everywhere(uow: UnitOfWork, account: Account) -> None:
    """End every session of an account as a part of something else, such as a new password."""
    for session in await uow.sessions.all(account_id=account.id, ended_at=None):
        await uow.sessions.save(session.ended(at=uow.real_now()))
    await uow.revoke(account.id)


async def end_shown_session(work_of: WorkOf, shown: Opaque) -> None:
    """End the session of a refresh token (RFC 7009); what is no living token is let pass in silence."""
    async with work_of(shown.tenant_id)() as uow:
        session = await uow.sessions.find(id=shown.id)
        if session is not None and session.accepts(shown.digest, at=uow.real_now()):
            await uow.sessions.save(session.ended(at=uow.real_now()))
            await uow.revoke(session.account_id, session=session.id)
            await uow.commit()
