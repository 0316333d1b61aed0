"""What a service listens to."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts.envelope import Event, EventData
from shared.contracts.tenancy import TenantChanged
from shared.contracts.work import Work

Handler = Callable[[Sequence[Event[Any]], Work[Any]], Awaitable[None]]
"""Takes events of one type and one tenant, in order, and does all of its work in the given unit."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """One handler an event type; news of tenants come to every service that listens to anything."""

    handlers: Mapping[type[EventData], Handler]

    @property
    def topics(self) -> tuple[str, ...]:
        names = {kind.topic.name for kind in self.handlers} | {TenantChanged.topic.name}
        return tuple(sorted(names))

    @property
    def kinds(self) -> Mapping[str, type[EventData]]:
        return {kind.event_type: kind for kind in self.handlers}
