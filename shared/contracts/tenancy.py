"""Events of the gateway about tenants and callers."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.envelope import EventData
from shared.contracts.topics import TENANCY, Topic


class TenantChanged(EventData):
    """A tenant as it now is; every service keeps a copy."""

    event_type: ClassVar[str] = "tenant.changed.v1"
    topic: ClassVar[Topic] = TENANCY

    tenant_id: UUID
    sequence: int
    name: str
    status: Literal["active", "suspended"] = "active"
    zone: str
    """IANA time zone in which business dates are told."""
    currency: str
    """ISO 4217."""
    locale: Literal["zh", "en"] = "zh"
    """Language in which its people are told things."""
    sandbox: bool = False
    """Its business clock may be set."""
    clock_offset_seconds: int = 0
    """How far the business clock of a sandbox is ahead of real time (behind where negative)."""

    @property
    def subject(self) -> str:
        return f"tenants/{self.tenant_id}"


class TenantErased(EventData):
    """Nothing of a tenant may be kept any longer; every service erases its own rows, whatever else comes of it."""

    event_type: ClassVar[str] = "tenant.erased.v1"
    topic: ClassVar[Topic] = TENANCY

    tenant_id: UUID
    ordered_at: datetime
    """Real time."""

    @property
    def subject(self) -> str:
        return f"tenants/{self.tenant_id}"


class PrincipalRevoked(EventData):
    """Tokens of an account or client that must no longer be accepted."""

    event_type: ClassVar[str] = "principal.revoked.v1"
    topic: ClassVar[Topic] = TENANCY

    principal: str
    """Id of the account or client, as in the tokens' `sub`; of a front end, as in their `client_id`."""
    session: UUID | None = None
    """Concerns only the tokens of this session (`sid`); null where it concerns all of them."""
    revoked_at: datetime | None = None
    """Real time; concerns what was issued until then, so that whoever is let in anew is let in."""

    @property
    def subject(self) -> str:
        return f"principals/{self.principal}"
