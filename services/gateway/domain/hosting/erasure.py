"""The order to erase a company: given for one that is suspended, by somebody who types its name, for a day to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.gateway.domain.tenant import Tenant
from shared.core.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Erasure:
    ordered_at: datetime
    due_at: datetime
    """Until then it can be called off."""
    by: str
    """Id of the operator, or `command:` and the user at the machine."""

    def is_due(self, at: datetime) -> bool:
        return at >= self.due_at


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What stays of a company: that it is to be gone, also from any backup that is restored."""

    tenant_id: UUID
    erased_at: datetime
    by: str


def order_erasure(tenant: Tenant, *, name: str, by: str, at: datetime, wait: timedelta) -> Erasure:
    """Raise Conflict (`tenant_not_suspended`), Invalid (`name_differs`)."""
    if tenant.status != "suspended":
        raise Conflict("tenant_not_suspended", "Suspend the company first; then nobody is in the middle of something.")
    if name != tenant.name:
        raise Invalid.at("/name", "name_differs", "Write the company's name exactly as it is.")
    return Erasure(ordered_at=at, due_at=at + wait, by=by)
