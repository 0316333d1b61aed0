"""Let a person in by user name and password."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.opaque import Opaque
from services.gateway.domain.identity.session import Session
from services.gateway.usecases.identity.prove_password import PasswordProof, prove_password
from services.gateway.usecases.ports import Work, WorkOf
from services.gateway.usecases.ports.identity import Attempts, Credentials
from shared.core.access import Principal


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
    proof = await prove_password(
        credentials, attempts, username=username, password=password, tenant_id=tenant_id, at=at
    )
    opened = await _opened(work_of(proof.tenant_id), proof, code=code, secret=secret, at=at)
    await attempts.clear(proof.account_id)
    return opened


async def _opened(work: Work, proof: PasswordProof, *, code: str | None, secret: bytes, at: datetime) -> Opened:
    async with work() as uow:
        account, methods = await proof.account(uow, code=code, at=at)
        refresh = Opaque(uow.tenant_id, uow.new_id(), secret)
        session = Session.begun(refresh, account.id, client_id=None, methods=methods, at=at)
        await uow.sessions.add(session)
        await uow.commit()
        return Opened(account.principal(uow.tenant_id), session, refresh)
