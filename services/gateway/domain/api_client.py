"""API clients: systems that act with scopes instead of roles."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.gateway.domain.scopes import require_known
from shared.core.access import Principal
from shared.core.errors import Forbidden


def digest_of(secret: str) -> bytes:
    """Digest a secret; one SHA-256 is enough, for a generated secret has 256 bits that nobody can guess."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class ApiClient:
    id: UUID
    name: str
    secret_digest: bytes = field(repr=False)
    scopes: tuple[str, ...]
    active: bool
    sequence: int
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        require_known(self.scopes)

    def changed(self, changes: Mapping[str, Any], *, at: datetime) -> "ApiClient":
        """Apply a merge patch of `name`, `scopes`, `active`. Raises Invalid (`scope_unknown`)."""
        return replace(self, **changes, sequence=self.sequence + 1, updated_at=at)

    def grants_more_than(self, other: "ApiClient") -> bool:
        """Tell whether tokens issued until now would allow what the client no longer may."""
        return self.active and not (other.active and set(self.scopes) <= set(other.scopes))

    def is_proven_by(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret_digest, digest_of(secret))

    def principal(self, tenant_id: UUID, *, requested: frozenset[str]) -> Principal:
        """Tell who acts, with the requested part of the scopes, or all of them where none was requested.

        Raises Forbidden (`scope_not_granted`).
        """
        if excess := requested - set(self.scopes):
            raise Forbidden("scope_not_granted", f"This client does not have: {', '.join(sorted(excess))}.")
        scopes = requested or frozenset(self.scopes)
        return Principal(tenant_id=tenant_id, subject=str(self.id), kind="client", scopes=scopes)
