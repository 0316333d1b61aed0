"""Messages to subscribers: CloudEvents in JSON, each in a thin and a full form of the same id."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifier.domain.delivery import Delivery
from services.notifier.domain.endpoint import Endpoint, Payload

COALESCED = frozenset({"score.changed.v1"})
"""Types of which only the newest state of a subject matters: a newer one makes an older, unsent one needless."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event about one subject, as told outside."""

    id: UUID
    """Derived from the event it stands for, so that it is the same however often it is told."""
    tenant_id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    thin: Mapping[str, Any]
    full: Mapping[str, Any]

    def body(self, payload: Payload) -> bytes:
        """Write the exact bytes that will be signed and sent."""
        event = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "tenantid": str(self.tenant_id),
            "sequence": str(self.sequence),
            "datacontenttype": "application/json",
            "data": self.full if payload == "full" else self.thin,
        }
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()

    def to(self, endpoint: Endpoint, *, delivery_id: UUID) -> Delivery:
        """Address the message to an endpoint, in the form that it wants."""
        return Delivery(
            id=delivery_id,
            endpoint_id=endpoint.id,
            message_id=self.id,
            payload=endpoint.payload,
            event_type=self.type,
            subject=self.subject,
            sequence=self.sequence,
        )


def coalesce(messages: Iterable[Message]) -> list[Message]:
    """Leave of each coalesced type and subject the message with the highest sequence, and all others as they are."""
    kept: dict[object, Message] = {}
    for message in messages:
        key = (message.type, message.subject) if message.type in COALESCED else message.id
        older = kept.get(key)
        if older is None or older.sequence <= message.sequence:
            kept[key] = message
    return list(kept.values())
