"""Give a front end, through the browser of who has logged in there, a code that it may exchange for a session."""

from dataclasses import dataclass
from datetime import datetime

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.authorization import AuthorizationCode, AuthorizationRequest
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.domain.identity.session import Method
from services.gateway.usecases.identity.prove_password import PasswordProof
from services.gateway.usecases.ports import UnitOfWork, WorkOf
from services.gateway.usecases.ports.identity import Attempts
from shared.core.access import Principal


@dataclass(frozen=True, slots=True)
class Issued:
    """Whose code it is, and how it is written."""

    principal: Principal
    code: Opaque


async def issue_code_by_password(
    attempts: Attempts,
    work_of: WorkOf,
    proof: PasswordProof,
    request: AuthorizationRequest,
    *,
    code: str | None,
    secret: bytes,
    at: datetime,
) -> Issued:
    """Take the second factor where there is one, as `code`; `at` is real time.

    Raises Unauthenticated (`credentials_invalid`, `second_factor_required`), Forbidden (`account_inactive`,
    `tenant_suspended`).
    """
    async with work_of(proof.tenant_id)() as uow:
        account, methods = await proof.account(uow, code=code, at=at)
        issued = await issue(uow, account, request, methods=methods, secret=secret, at=at)
        await uow.commit()
    await attempts.clear(proof.account_id)
    return issued


async def issue(
    uow: UnitOfWork,
    account: Account,
    request: AuthorizationRequest,
    *,
    methods: tuple[Method, ...],
    secret: bytes,
    at: datetime,
) -> Issued:
    """Keep a code for somebody who has proven to be this account's owner, as a part of that proof's unit of work."""
    shown = Opaque(uow.tenant_id, uow.new_id(), secret)
    code = AuthorizationCode(
        id=shown.id,
        account_id=account.id,
        client_id=request.client_id,
        redirect_uri=request.redirect_uri,
        challenge=request.challenge,
        methods=methods,
        digest=shown.digest,
        created_at=at,
    )
    await uow.authorization_codes.add(code)
    return Issued(account.principal(uow.tenant_id), shown)
