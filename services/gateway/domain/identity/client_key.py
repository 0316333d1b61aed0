"""By what a system proves who it is: a secret, a static key, or the private half of a public key."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from services.gateway.domain.identity.opaque import digest_of

KeyKind = Literal["secret", "static_key", "public_key"]
"""For client credentials; for every request itself, where a system knows no OAuth 2.0; for signed assertions."""
MOST_KEYS = 10
"""Keys one client may have at a time."""
KEPT = timedelta(days=90)
"""For so long administrators see which key it was that has come to its end."""


@dataclass(frozen=True, slots=True)
class ClientKey:
    id: UUID
    client_id: UUID
    kind: KeyKind
    digest: bytes | None = field(repr=False)
    """Of the secret; None for a public key."""
    jwk: Mapping[str, Any] | None
    """A public key (RFC 7517); None for what is secret."""
    created_at: datetime
    expires_at: datetime | None

    def is_good(self, at: datetime) -> bool:
        return self.expires_at is None or at < self.expires_at

    def is_proven_by(self, secret: bytes) -> bool:
        return self.digest is not None and hmac.compare_digest(self.digest, digest_of(secret))

    def retired(self, at: datetime) -> "ClientKey":
        """Let it be good until then, and no longer than it would have been."""
        return replace(self, expires_at=at if self.expires_at is None else min(at, self.expires_at))
