"""Webhook endpoints: where a subscriber wants to hear of what, and the secrets that prove who is speaking."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.core.errors import Conflict, Forbidden

Payload = Literal["thin", "full"]
"""Thin bodies carry ids and keep scores out of third parties' logs; full ones carry the numbers."""
EventType = Literal[
    "score.changed.v1",
    "score.published.v1",
    "score.revised.v1",
    "scheme.published.v1",
    "plan.changed.v1",
    "cycle.changed.v1",
    "report.ready.v1",
    "target.changed.v1",
]
TEST_EVENT = "webhook.test.v1"
"""Sent on demand to any endpoint, so nobody subscribes to it."""
SECRET_BYTES = 32
LISTENER = "steelyard:listener"
"""In the place of a URL: what is queued waits until somebody without a public address fetches it."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    id: UUID
    url: str
    event_types: tuple[str, ...]
    payload: Payload
    description: str | None
    sequence: int
    created_at: datetime
    updated_at: datetime
    enabled: bool = True
    disabled_reason: str | None = None
    """Why we disabled it ourselves (`gone`: the receiver answered 410); None where its owner did."""

    def changed(self, changes: Mapping[str, Any], *, at: datetime) -> "Endpoint":
        """Apply a merge patch; enabling forgets why it was disabled."""
        changed = replace(self, **changes, sequence=self.sequence + 1, updated_at=at)
        return replace(changed, disabled_reason=None) if changed.enabled else changed

    @property
    def is_listener(self) -> bool:
        return self.url == LISTENER

    def refuse_moving(self) -> None:
        """Raise Conflict (`webhook_is_listener`): what waits to be fetched would be sent to nobody."""
        if self.is_listener:
            raise Conflict("webhook_is_listener", "A listener has no URL; register another webhook.")

    def require_listener(self) -> None:
        """Raise Conflict (`not_a_listener`)."""
        if not self.is_listener:
            raise Conflict("not_a_listener", f"Only what is sent to {LISTENER} can be fetched.")

    def require_enabled(self) -> None:
        """Raise Conflict (`webhook_disabled`) where nothing may be sent."""
        if not self.enabled:
            raise Conflict("webhook_disabled", "The webhook is disabled; enable it first.")

    def require_wanting(self, event_type: str, payload: Payload) -> None:
        """Raise Conflict (`delivery_unwanted`) for a type it is not told any more, or a fuller form than it wants."""
        told = event_type in self.event_types or event_type == TEST_EVENT
        if not told or (payload == "full" and self.payload == "thin"):
            raise Conflict("delivery_unwanted", f"The webhook wants no {payload} bodies of {event_type} any more.")

    def disabled(self, reason: str, *, at: datetime) -> "Endpoint":
        """Send nothing more until somebody enables it again."""
        return replace(self, enabled=False, disabled_reason=reason, sequence=self.sequence + 1, updated_at=at)


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing key; after a rotation the old one stays valid, and signs too, until `not_after`."""

    id: UUID
    endpoint_id: UUID
    value: str
    """`whsec_` and the key in base64, as Standard Webhooks writes it."""
    created_at: datetime
    not_after: datetime | None = None


def refuse_disclosure(*payloads: Payload, permitted: bool) -> None:
    """Raise Forbidden (`full_payload_not_permitted`) where scores would go where their reader did not send them."""
    if "full" in payloads and not permitted:
        raise Forbidden("full_payload_not_permitted", "Only who may read scores decides where full bodies go.")


def secret_text(key: bytes) -> str:
    """Write a signing key the way Standard Webhooks does."""
    return f"whsec_{base64.b64encode(key).decode()}"
