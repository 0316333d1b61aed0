"""Opaque credentials: in one word what it is, whose it is, and a secret; only a digest of the secret is kept."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

SECRET_BYTES = 32
"""256 random bits, which nobody can guess, so that one SHA-256 is enough to keep."""
Prefix = Literal["ac", "rt", "sk"]
"""A code, a refresh token, a static key; by its prefix a scanner tells one that got somewhere it should not be."""
_ID_BYTES = 16


def digest_of(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


@dataclass(frozen=True, slots=True)
class Opaque:
    """It names its tenant, so that row-level security holds from the first statement on."""

    tenant_id: UUID
    id: UUID
    secret: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        return digest_of(self.secret)

    def written(self, prefix: Prefix) -> str:
        whole = self.tenant_id.bytes + self.id.bytes + self.secret
        return f"{prefix}_{base64.urlsafe_b64encode(whole).decode().rstrip('=')}"

    @classmethod
    def read(cls, text: str, prefix: Prefix) -> "Opaque | None":
        """Give None for whatever `written` cannot have written."""
        kind, _, encoded = text.partition("_")
        try:
            whole = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        if kind != prefix or len(whole) != 2 * _ID_BYTES + SECRET_BYTES:
            return None
        ids, secret = whole[: 2 * _ID_BYTES], whole[2 * _ID_BYTES :]
        return cls(UUID(bytes=ids[:_ID_BYTES]), UUID(bytes=ids[_ID_BYTES:]), secret)
