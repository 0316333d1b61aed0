"""Let a person choose another password, by the one that holds so far."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.gateway.usecases.identity.admission import begin_attempt
from services.gateway.usecases.identity.end_sessions import end_everywhere
from services.gateway.usecases.identity.passwords import hash_password, matches
from services.gateway.usecases.ports import Work
from services.gateway.usecases.ports.identity import Attempts
from shared.core.errors import Forbidden


async def change_password(
    work: Work, attempts: Attempts, account_id: UUID, *, present: str, new: str, at: datetime
) -> None:
    """Every session ends, this one too. Raises RateLimited (`too_many_attempts`), Forbidden (`password_wrong`)."""
    await begin_attempt(attempts, account_id, at=at)
    async with work() as uow:
        known = (await uow.accounts.get(account_id)).password_hash
    if not await matches(known, present):
        raise Forbidden("password_wrong", "This is not the present password.")
    hashed = await hash_password(new)
    async with work() as uow:
        account = await uow.accounts.get(account_id)
        if account.password_hash != known:
            raise Forbidden("password_wrong", "The password was changed meanwhile.")
        changed = replace(account, password_hash=hashed, sequence=account.sequence + 1, updated_at=uow.now())
        await uow.accounts.save(changed)
        await end_everywhere(uow, changed)
        await uow.commit()
    await attempts.clear(account_id)
