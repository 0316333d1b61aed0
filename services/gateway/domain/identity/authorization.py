"""Authorization codes: what a front end's log-in page gives, good once, briefly, and for who asked (RFC 6749 §4.1)."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.gateway.domain.identity.session import Method

LIFETIME = timedelta(seconds=60)
"""From the log-in until the front end has exchanged it."""
KEPT = timedelta(days=1)
"""For so long a code that is shown once more ends the session that came of it."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a front end asks for on behalf of whoever will log in."""

    client_id: UUID
    redirect_uri: str
    challenge: str
    """Of the verifier that the front end keeps to itself (RFC 7636, S256)."""
    state: str | None


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    id: UUID
    account_id: UUID
    client_id: UUID
    redirect_uri: str
    challenge: str
    methods: tuple[Method, ...]
    digest: bytes = field(repr=False)
    created_at: datetime
    session_id: UUID | None = None
    """What was opened with it; None while it has not been shown."""

    def is_bound_to(self, *, client_id: UUID, redirect_uri: str, verifier: str) -> bool:
        """Tell whether who shows it is who asked for it."""
        same = self.client_id == client_id and self.redirect_uri == redirect_uri
        return same and hmac.compare_digest(self.challenge, challenge_of(verifier))

    def is_good(self, at: datetime) -> bool:
        return self.session_id is None and at < self.created_at + LIFETIME

    def redeemed(self, session_id: UUID) -> "AuthorizationCode":
        return replace(self, session_id=session_id)


def challenge_of(verifier: str) -> str:
    """Compute S256 (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def is_challenge(text: str) -> bool:
    return _CHALLENGE.fullmatch(text) is not None


def is_verifier(text: str) -> bool:
    return _VERIFIER.fullmatch(text) is not None
