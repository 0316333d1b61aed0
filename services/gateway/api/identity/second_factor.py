"""`/v1/second-factor`: a person's own device that proves with each log-in who it is."""

from datetime import datetime
from secrets import token_hex
from typing import Annotated
from uuid import UUID

import pyotp
from fastapi import Response
from pydantic import Field

from services.gateway.api.deps import AttemptsDep, IssuerDep, QueriesDep, SessionDep, WorkDep
from services.gateway.api.policy import POLICY
from services.gateway.usecases.identity.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    give_up_second_factor,
    reset_second_factor,
)
from shared.core.access import Grant
from shared.kit.http.answers import Secret, ShownOnce
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.problems import TITLES, Problem

router = new_router(tag="sessions")
ToOwn = Annotated[Grant, POLICY.allow("sessions:own")]
ToManage = Annotated[Grant, POLICY.allow("accounts:manage")]
Code = Annotated[str, Field(min_length=6, max_length=32)]
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 8


class SecondFactorView(View):
    confirmed_at: datetime | None
    """Since when it is asked for; null while it is not confirmed."""
    recovery_codes_left: int


class NewSecondFactorView(View):
    secret: Secret = None
    """In Base32, for typing it in."""
    uri: Secret = None
    """For a QR code that authenticator apps read."""


class ShownCode(Body):
    code: Code = Field(repr=False)


class RecoveryCodesView(View):
    recovery_codes: Annotated[list[str], Field(max_length=_RECOVERY_CODES), ShownOnce(instead=())]
    """Each opens once in the place of a device's code; shown here and never again, nor where the answer is repeated."""


@router.get("/second-factor", responses={404: {"model": Problem, "description": TITLES[404]}})
async def get_second_factor(grant: ToOwn, queries: QueriesDep) -> SecondFactorView:
    return SecondFactorView.model_validate(await queries.second_factor(grant.principal.as_account()))


@router.post("/second-factor", status_code=201)
async def post_second_factor(
    grant: ToOwn, response: Response, work: WorkDep, session_id: SessionDep
) -> NewSecondFactorView:
    """Begin to set one up, or begin anew, soon after a log-in; nothing is asked for before it is confirmed."""
    account_id = grant.principal.as_account()
    factor, username = await begin_second_factor(work, account_id, session_id=session_id, secret=pyotp.random_base32())
    response.headers["Cache-Control"] = "no-store"
    return NewSecondFactorView(secret=factor.secret, uri=factor.uri(username))


@router.post("/second-factor/confirmation")
async def post_confirmation(
    body: ShownCode, grant: ToOwn, response: Response, work: WorkDep, session_id: SessionDep
) -> RecoveryCodesView:
    """Show, soon after a log-in, that the device works: its codes are asked for from now on."""
    codes, account_id = [token_hex(_RECOVERY_BYTES) for _ in range(_RECOVERY_CODES)], grant.principal.as_account()
    await confirm_second_factor(work, account_id, body.code, session_id=session_id, recovery_codes=codes)
    response.headers["Cache-Control"] = "no-store"
    return RecoveryCodesView(recovery_codes=codes)


@router.post("/second-factor/removal", status_code=204)
async def post_removal(
    body: ShownCode, grant: ToOwn, *, work: WorkDep, attempts: AttemptsDep, issuer: IssuerDep, session_id: SessionDep
) -> None:
    """Give it up, soon after a log-in, by one more code."""
    account_id, now = grant.principal.as_account(), issuer.clock.now()
    await give_up_second_factor(work, attempts, account_id, body.code, session_id=session_id, at=now)


@router.delete("/accounts/{account_id}/second-factor", status_code=204)
async def delete_second_factor(account_id: UUID, grant: ToManage, work: WorkDep) -> None:
    """Take it off the account of somebody who lost device and recovery codes."""
    await reset_second_factor(work, account_id, by=grant.principal)
