"""The outbox: events are rows of the business transaction first, and leave for the bus afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from shared.contracts.envelope import Envelope, EventData
from shared.core.ids import Ids
from shared.kit.db import Database, Transaction
from shared.kit.telemetry import current_traceparent

_INSERT = (
    "INSERT INTO outbox (id, topic, key, payload) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])"
)
_NOTIFY = text("SELECT pg_notify(:channel, '')")


def channel_of(database: Database) -> str:
    """Name the channel on which commits with events announce themselves."""
    return f"outbox_{database.schema}"


def enclose(event: EventData, *, source: str, tenant_id: UUID, at: datetime, ids: Ids) -> Envelope[EventData]:
    """Put an event into its envelope."""
    return Envelope[EventData].model_construct(
        id=ids.new(),
        source=f"/{source}",
        type=event.event_type,
        subject=event.subject,
        time=at,
        tenantid=tenant_id,
        sequence=str(event.version),
        traceparent=current_traceparent(),
        data=event,
    )


async def add_to_outbox(tx: Transaction, envelopes: Sequence[Envelope[EventData]], *, channel: str) -> None:
    """Write the events of a transaction in one statement and wake the relay once."""
    if not envelopes:
        return
    driver = await tx.driver()
    await driver.execute(
        _INSERT,
        [envelope.id for envelope in envelopes],
        [envelope.data.topic.name for envelope in envelopes],
        [f"{envelope.tenantid}/{envelope.data.order_key}" for envelope in envelopes],
        [envelope.model_dump_json(serialize_as_any=True).encode() for envelope in envelopes],
    )
    await tx.execute(_NOTIFY, {"channel": channel})
