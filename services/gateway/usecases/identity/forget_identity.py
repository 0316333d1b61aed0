"""Delete what opens nothing any more, once nobody need be told what it was."""

from datetime import datetime

from services.gateway.domain.identity import authorization, client_key
from services.gateway.usecases.ports import Work


async def forget_identity(work: Work, *, at: datetime) -> None:
    """Delete codes, sessions and clients' keys that have been void for long enough; `at` is real time.

    A session is kept until it would have run out, also where it was ended before: so long its tokens are told from a
    stranger's, and afterwards they are refused as those are.
    """
    async with work() as uow:
        await uow.authorization_codes.forget(before=at - authorization.KEPT)
        await uow.sessions.forget(at=at)
        await uow.client_keys.forget(before=at - client_key.KEPT)
        await uow.commit()
