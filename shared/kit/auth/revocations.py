"""Tokens that are accepted no longer, though they have not expired: who was let in until when, whose company is shut.

The gateway says so with events; each service's consumer keeps them in tables, and each process that verifies tokens
looks there every second. Rows that concern no living token are forgotten.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from shared.contracts.tenancy import PrincipalRevoked
from shared.core.errors import Forbidden, Unauthenticated
from shared.kit.auth.tokens import LIFETIME, AccessToken
from shared.kit.db import Database, Transaction
from shared.kit.tenancy import digest_of
from shared.kit.worker import every, run_loops

LOOK_INTERVAL = timedelta(seconds=1)
"""How often a process looks for news; with the event's way here, well below five seconds."""
_KEPT = 2 * LIFETIME
"""Longer than any token lives, whatever the difference of two clocks."""
_KEEP = text(
    "INSERT INTO revocations (principal, session, revoked_at)"
    " VALUES (:principal, :session, coalesce(:revoked_at, clock_timestamp()))"
    " ON CONFLICT (principal, session) DO UPDATE"
    " SET revoked_at = greatest(revocations.revoked_at, excluded.revoked_at)"
)
_SINCE = text(
    "SELECT EXISTS (SELECT FROM revocations WHERE principal = :principal AND session = :whole AND revoked_at >= :since)"
)
_NEWS = """
SELECT
    ARRAY(SELECT (principal, session, revoked_at) FROM revocations WHERE revoked_at > clock_timestamp() - $1::interval),
    ARRAY(SELECT (id, status = 'suspended') FROM tenants WHERE status <> 'active'),
    ARRAY(SELECT digest FROM erasures WHERE erased_at > clock_timestamp() - $1::interval)
"""
"""All at once and outside of any transaction: each process asks every second, whether or not anything happens."""
_FORGET = text("DELETE FROM revocations WHERE revoked_at < clock_timestamp() - CAST(:kept AS interval)")
_WHOLE = ""
"""In the place of a session: all of them, and tokens without any."""


async def keep_revocation(tx: Transaction, event: PrincipalRevoked) -> None:
    """Note that tokens are void."""
    session = _WHOLE if event.session is None else str(event.session)
    row = {"principal": event.principal, "session": session, "revoked_at": event.revoked_at}
    await tx.execute(_KEEP, row)


async def was_revoked(tx: Transaction, principal: str, *, since: datetime) -> bool:
    """Tell whether all that was issued to somebody at an instant, not long ago, is void by now."""
    row = {"principal": principal, "whole": _WHOLE, "since": since}
    return bool((await tx.execute(_SINCE, row)).scalar_one())


async def forget_revocations(database: Database) -> None:
    """Delete what concerns only tokens that have expired."""
    async with database.transaction() as tx:
        await tx.execute(_FORGET, {"kept": _KEPT})
        await tx.commit()


class Revocations:
    """What this process knows of them: in memory, so that no request waits for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Mapping[tuple[str, str], datetime] = {}
        self._shut: Mapping[UUID, bool] = {}
        """Who is suspended (true), or about to be gone (false)."""
        self._erased: frozenset[bytes] = frozenset()

    def refuse(self, token: AccessToken) -> None:
        """Raise Unauthenticated (`token_revoked`) where a token is void, Forbidden (`tenant_suspended`)."""
        who = token.principal
        if who.tenant_id in self._shut or (self._erased and digest_of(who.tenant_id) in self._erased):
            told = who.tenant_id if self._shut.get(who.tenant_id) else None  # of one that is gone nothing is written
            detail = "This company's access is suspended."
            raise Forbidden("tenant_suspended", detail, tenant_id=told, subject=who.subject)
        if self._known and self._is_void(token):
            detail = "This access was ended; log in again."
            raise Unauthenticated("token_revoked", detail, tenant_id=who.tenant_id, subject=who.subject)

    def _is_void(self, token: AccessToken) -> bool:
        """Look for what was issued to its holder, in its session, or through its front end."""
        subject = token.principal.subject
        named = ((subject, _WHOLE), (subject, str(token.session)), (str(token.client), _WHOLE))
        return any(until is not None and token.issued_at <= until for until in map(self._known.get, named))

    async def look(self) -> None:
        """Learn what is new."""
        async with self._database.transaction() as tx:
            revoked, shut, erased = await (await tx.driver()).fetchrow(_NEWS, _KEPT)
        self._known = {(principal, session): revoked_at for principal, session, revoked_at in revoked}
        self._shut = dict(map(tuple, shut))
        self._erased = frozenset(erased)

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Keep looking; while the database is away nobody is answered, so nothing is missed."""
        stop = asyncio.Event()
        looking = asyncio.create_task(run_loops([every("revocations", LOOK_INTERVAL, self.look)], stop))
        try:
            yield
        finally:
            stop.set()
            await looking
