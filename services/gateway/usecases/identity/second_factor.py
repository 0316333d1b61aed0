"""Set a second factor up, begin to ask for it, and give it up."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.second_factor import SecondFactor
from services.gateway.usecases.identity.admission import begin_attempt, require_recent_log_in
from services.gateway.usecases.identity.end_sessions import end_everywhere
from services.gateway.usecases.ports import Work
from services.gateway.usecases.ports.identity import Attempts
from shared.core.access import Principal
from shared.core.errors import Conflict, NotFound


async def begin_second_factor(
    work: Work, account_id: UUID, *, session_id: UUID | None, secret: str
) -> tuple[SecondFactor, str]:
    """Keep a new secret until it is confirmed; gives it with the user name.

    Raises Forbidden (`log_in_not_recent`), Conflict (`second_factor_confirmed`) where one is in use.
    """
    async with work() as uow:
        account = await uow.accounts.get(account_id)
        await require_recent_log_in(uow, account, session_id)
        known = await uow.second_factors.find(account_id=account_id)
        if known is not None and known.confirmed_at is not None:
            raise Conflict("second_factor_confirmed", "The second factor is in use already; give it up first.")
        factor = SecondFactor(account_id, secret, None, 0, (), uow.real_now())
        await (uow.second_factors.add(factor) if known is None else uow.second_factors.save(factor))
        await uow.commit()
    return factor, account.username


async def confirm_second_factor(
    work: Work, account_id: UUID, code: str, *, session_id: UUID | None, recovery_codes: Sequence[str]
) -> None:
    """Ask for it from now on.

    Raises NotFound, Conflict (`second_factor_confirmed`), Forbidden (`log_in_not_recent`, `code_invalid`).
    """
    async with work() as uow:
        await require_recent_log_in(uow, await uow.accounts.get(account_id), session_id)
        factor = await uow.second_factors.find(account_id=account_id)
        if factor is None:
            raise NotFound.of("second factor")
        await uow.second_factors.save(factor.confirmed(code, tuple(recovery_codes), at=uow.real_now()))
        await uow.commit()


async def give_up_second_factor(
    work: Work, attempts: Attempts, account_id: UUID, code: str, *, session_id: UUID | None, at: datetime
) -> None:
    """Ask for it no longer.

    Raises NotFound, Forbidden (`log_in_not_recent`), Unauthenticated (`credentials_invalid`), RateLimited
    (`too_many_attempts`).
    """
    async with work() as uow:
        await require_recent_log_in(uow, await uow.accounts.get(account_id), session_id)
    await begin_attempt(attempts, account_id, at=at)
    async with work() as uow:
        await uow.accounts.get(account_id)
        factor = await uow.second_factors.find(account_id=account_id)
        if factor is None:
            raise NotFound.of("second factor")
        if factor.confirmed_at is not None:
            factor.used(code, at=at)
        await uow.second_factors.remove(factor)
        await uow.commit()
    await attempts.clear(account_id)


async def reset_second_factor(work: Work, account_id: UUID, *, by: Principal) -> None:
    """Take it off the account of somebody who lost device and recovery codes, and log that person out everywhere.

    Raises NotFound, Conflict (`own_account`).
    """
    if by.subject == str(account_id):
        raise Conflict("own_account", "Another administrator must take the second factor off your account.")
    async with work() as uow:
        account = await uow.accounts.get(account_id)
        factor = await uow.second_factors.find(account_id=account_id)
        if factor is None:
            raise NotFound.of("second factor")
        await uow.second_factors.remove(factor)
        await end_everywhere(uow, account)
        await uow.commit()
