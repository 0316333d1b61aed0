"""API clients: systems that act with scopes instead of roles, and front ends in which people act with their own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from services.gateway.domain.identity.redirect_uri import require_redirect_uris
from services.gateway.domain.identity.scopes import require_known
from shared.core.access import Principal
from shared.core.errors import Forbidden, Invalid, Violation


@dataclass(frozen=True, slots=True)
class ApiClient:
    id: UUID
    name: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    """From where it may come, in CIDR notation; from anywhere where there are none."""
    redirect_uris: tuple[str, ...]
    """Where people are sent after they have logged in for it; none for a system in which nobody does."""
    public: bool
    """Runs where it can keep no secret, as a page in a browser does; it proves nothing but who logs in through it."""
    active: bool
    sequence: int
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        require_known(self.scopes)
        _require_networks(self.networks)
        require_redirect_uris(self.redirect_uris)
        if self.public and self.scopes:
            detail = "It keeps no secret, so nothing is granted to itself; whoever logs in through it has roles."
            raise Invalid.at("/scopes", "scope_of_public_client", detail)
        if not (self.scopes or self.redirect_uris):
            detail = "Grant it scopes, or let people log in through it."
            raise Invalid.at("/scopes", "scope_missing", detail)

    def changed(self, changes: Mapping[str, Any], *, at: datetime) -> "ApiClient":
        """Apply a merge patch of `name`, `scopes`, `networks`, `redirect_uris`, `active`.

        Raises Invalid (`scope_unknown`, `network_invalid`, `redirect_uri_invalid`, `scope_missing`).
        """
        return replace(self, **changes, sequence=self.sequence + 1, updated_at=at)

    def grants_more_than(self, other: "ApiClient") -> bool:
        """Tell whether tokens issued until now would allow what the client no longer may."""
        narrower = not set(self.scopes) <= set(other.scopes) or self.networks != other.networks
        return self.active and (narrower or not other.active)

    def may_come_from(self, address: str) -> bool:
        if not self.networks:
            return True
        try:
            place = ip_address(address)
        except ValueError:
            return False
        return any(place in ip_network(network) for network in self.networks)

    def principal(self, tenant_id: UUID, *, requested: frozenset[str]) -> Principal:
        """Tell who acts, with the requested part of the scopes, or all of them where none was requested.

        Raises Forbidden (`scope_not_granted`).
        """
        if excess := requested - set(self.scopes):
            raise Forbidden("scope_not_granted", f"This client does not have: {', '.join(sorted(excess))}.")
        scopes = requested or frozenset(self.scopes)
        return Principal(tenant_id=tenant_id, subject=str(self.id), kind="client", scopes=scopes)


def _require_networks(networks: tuple[str, ...]) -> None:
    violations = [
        Violation(f"/networks/{place}", "network_invalid", "Write it like 203.0.113.0/24, without host bits.")
        for place, network in enumerate(networks)
        if not _is_network(network)
    ]
    if violations:
        raise Invalid("network_invalid", "A network cannot be read.", violations=violations)


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
