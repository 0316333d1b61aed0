"""Failed log-ins, counted before the password is looked at, so that guesses side by side count as well."""

import hashlib
import math
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.gateway.domain.identity.attempt import FORGOTTEN_AFTER, wait_for
from shared.kit.db import Database

_LOCK = text("SELECT failures, last_at FROM login_attempts WHERE subject = :subject FOR UPDATE")
_COUNT = text(
    "INSERT INTO login_attempts (subject, failures, last_at) VALUES (:subject, :failures, :at)"
    " ON CONFLICT (subject) DO UPDATE"
    " SET failures = excluded.failures, last_at = greatest(login_attempts.last_at, excluded.last_at)"
)
_CLEAR = text("DELETE FROM login_attempts WHERE subject = :subject")
_FORGET = text("DELETE FROM login_attempts WHERE last_at < :before")
_IN_TURN = text("SELECT pg_advisory_xact_lock(41, hashtext(encode(:subject, 'hex')))")


class Attempts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, subject: str | UUID, *, at: datetime) -> int:
        """Count a try as failed until it is cleared; gives the seconds to wait where it is not allowed yet."""
        key = {"subject": _digest(subject)}
        async with self._database.transaction() as tx:
            await tx.execute(_IN_TURN, key)
            known = (await tx.execute(_LOCK, key)).one_or_none()
            failures = known.failures if known is not None and known.last_at > at - FORGOTTEN_AFTER else 0
            if known is not None and (left := wait_for(failures, last_at=known.last_at, at=at)):
                return math.ceil(left.total_seconds())
            await tx.execute(_COUNT, {**key, "failures": failures + 1, "at": at})
            await tx.commit()
        return 0

    async def clear(self, subject: str | UUID) -> None:
        """Forget the failures of whoever has succeeded."""
        async with self._database.transaction() as tx:
            await tx.execute(_CLEAR, {"subject": _digest(subject)})
            await tx.commit()

    async def forget(self, *, before: datetime) -> None:
        """Delete what is no longer counted."""
        async with self._database.transaction() as tx:
            await tx.execute(_FORGET, {"before": before - FORGOTTEN_AFTER})
            await tx.commit()


def _digest(subject: str | UUID) -> bytes:
    return hashlib.sha256(f"{type(subject).__name__}\n{subject}".encode()).digest()
