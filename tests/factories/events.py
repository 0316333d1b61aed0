"""Events for tests: what a service has published, and what it is told."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from shared.contracts.envelope import EventData
from shared.core.ids import Uuid7
from shared.kit.bus.port import Batch, Bus
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.outbox import enclose, message_of
from shared.kit.subscriptions import Subscriptions
from shared.kit.unit_of_work import Works

_ids = Uuid7()
_PUBLISHED = text("SELECT payload FROM outbox WHERE key LIKE :key ORDER BY position")


async def published(database: Database, tenant_id: UUID, kind: type[EventData]) -> list[dict[str, Any]]:
    """Read the data of the tenant's events of one type from a service's outbox, oldest first."""
    async with database.transaction() as tx:
        rows = await tx.execute(_PUBLISHED, {"key": f"{tenant_id}/%"})
        envelopes = [json.loads(payload) for payload in rows.scalars()]
    return [envelope["data"] for envelope in envelopes if envelope["type"] == kind.event_type]


async def tell(works: Works[Any], bus: Bus, subscriptions: Subscriptions, tenant_id: UUID, *events: EventData) -> None:
    """Let a service consume events of others, as one batch."""
    now = datetime.now(UTC)
    envelopes = [enclose(event, source="test", tenant_id=tenant_id, at=now, ids=_ids) for event in events]
    messages = tuple(map(message_of, envelopes))
    consumer = Consumer(bus, works, subscriptions, group=f"test-{uuid4()}")
    await consumer.process(Batch("test", 0, 0, len(messages), messages))
