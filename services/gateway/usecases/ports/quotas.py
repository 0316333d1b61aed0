"""What is asked about how much callers may ask for."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from services.gateway.domain.rate_limit import Grant, Kind, Quota


class SharedQuotas(Protocol):
    """Quotas that all gateways take from together; always answers, though for this process alone in an outage."""

    async def take(self, key: str, quota: Quota) -> Grant:
        """Take up to a block; nothing where the quota is used up."""
        ...


class Overrides(Protocol):
    """What differs from the default quotas."""

    async def of(self, tenant_id: UUID) -> Mapping[tuple[str, Kind], Quota]:
        """Give a tenant's own quotas by account or client, and under no name those of all the others in it."""
        ...
