"""Sessions: what a log-in opened, carried on by refresh tokens that are good for one use each (RFC 9700 §4.14)."""

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.gateway.domain.identity.opaque import Opaque

Method = Literal["password", "totp", "recovery_code", "oidc"]
"""How somebody proved who it is."""
IDLE = timedelta(days=7)
"""A session that is not carried on for so long has ended."""
LONGEST = timedelta(days=30)
"""After so long everybody logs in again."""
GRACE = timedelta(seconds=10)
"""Whoever shows the last token again within this time has not received the answer that replaced it."""

RECENT = timedelta(minutes=10)
"""How long after a log-in somebody is still taken to be the one who logged in, where more than a token is wanted."""


@dataclass(frozen=True, slots=True)
class Session:
    id: UUID
    account_id: UUID
    client_id: UUID | None
    """The front end it was opened through; None where people logged in at the API itself."""
    methods: tuple[Method, ...]
    token_digest: bytes = field(repr=False)
    previous_digest: bytes | None = field(repr=False)
    created_at: datetime
    refreshed_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def begun(
        cls, refresh: Opaque, account_id: UUID, *, client_id: UUID | None, methods: tuple[Method, ...], at: datetime
    ) -> "Session":
        """Begin the session that a first refresh token names."""
        return cls(
            id=refresh.id,
            account_id=account_id,
            client_id=client_id,
            methods=methods,
            token_digest=refresh.digest,
            previous_digest=None,
            created_at=at,
            refreshed_at=at,
        )

    @property
    def expires_at(self) -> datetime:
        return min(self.created_at + LONGEST, self.refreshed_at + IDLE)

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at

    def is_recent(self, at: datetime) -> bool:
        """Tell whether its owner has only just proven to be its owner; carrying it on proves nothing."""
        return self.is_open(at) and at < self.created_at + RECENT

    def accepts(self, digest: bytes, *, at: datetime) -> bool:
        """Tell whether a refresh token is the newest one, or the one before whose answer may have been lost."""
        if hmac.compare_digest(digest, self.token_digest):
            return True
        return self.gave(digest) and at <= self.refreshed_at + GRACE

    def knows(self, digest: bytes) -> bool:
        """Tell whether a refresh token is the newest one, or the one before, whatever has become of the session."""
        return hmac.compare_digest(digest, self.token_digest) or self.gave(digest)

    def gave(self, digest: bytes) -> bool:
        """Tell whether a refresh token is the one that was used up last: whoever shows it late may have stolen it."""
        return self.previous_digest is not None and hmac.compare_digest(digest, self.previous_digest)

    def refreshed(self, digest: bytes, *, at: datetime) -> "Session":
        """Carry on with another token."""
        return replace(self, previous_digest=self.token_digest, token_digest=digest, refreshed_at=at)

    def ended(self, *, at: datetime) -> "Session":
        return replace(self, ended_at=self.ended_at or at)
