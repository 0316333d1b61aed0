"""Operators: who runs the installation, outside of every company; each has a key and the duties it was made for."""

import base64
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from services.gateway.domain.identity.opaque import SECRET_BYTES, digest_of
from shared.core.errors import Forbidden

Duty = Literal["tenants:read", "tenants:create", "tenants:suspend", "tenants:limit", "tenants:erase"]
DUTIES: tuple[Duty, ...] = get_args(Duty)
"""None of them shows what a company keeps here; each is given by itself, so that two people can share them out."""
_PREFIX = "op_"
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """What an operator shows with each request."""

    id: UUID
    secret: bytes = field(repr=False)

    def written(self) -> str:
        return _PREFIX + base64.urlsafe_b64encode(self.id.bytes + self.secret).decode()

    @classmethod
    def read(cls, text: str) -> "OperatorKey | None":
        """Give None for whatever `written` cannot have written."""
        try:
            whole = base64.b64decode(text.removeprefix(_PREFIX), altchars=b"-_", validate=True)
        except ValueError:
            return None
        if not text.startswith(_PREFIX) or len(whole) != _ID_BYTES + SECRET_BYTES:
            return None
        return cls(UUID(bytes=whole[:_ID_BYTES]), whole[_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Operator:
    id: UUID
    name: str
    duties: tuple[Duty, ...]
    digest: bytes = field(repr=False)
    """Of the key's secret."""
    created_at: datetime
    expires_at: datetime

    def is_proven_by(self, key: OperatorKey, *, at: datetime) -> bool:
        return at < self.expires_at and hmac.compare_digest(self.digest, digest_of(key.secret))

    def require(self, duty: Duty) -> None:
        """Raise Forbidden (`not_permitted`)."""
        if duty not in self.duties:
            raise Forbidden("not_permitted", "This is not among the operator's duties.")

    def ended(self, *, at: datetime) -> "Operator":
        """Let its key be good no longer."""
        return replace(self, expires_at=min(at, self.expires_at))
