"""The outbox: events are rows of the business transaction first, and leave for the bus afterwards."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import orjson
from pydantic import BaseModel

from shared.contracts.envelope import Envelope, EventData
from shared.core.decimals import positional
from shared.core.ids import Ids
from shared.kit.bus.port import MAX_MESSAGE_BYTES, Message
from shared.kit.db import Database, Transaction
from shared.kit.telemetry import current_traceparent

_INSERT = (
    "INSERT INTO outbox (id, topic, key, payload, headers)"
    " SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[])"
)


EVENT_HEADERS = (("content-type", "application/cloudevents+json; charset=UTF-8"),)
"""What CloudEvents wants a Kafka message in structured mode to say."""


class EventTooLarge(Exception):
    """An event that no bus would carry; it fails the work that says it rather than everything said after it."""


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


def message_of(envelope: Envelope[EventData]) -> Message:
    """Write an event as it will travel. Raises EventTooLarge."""
    value = orjson.dumps(envelope.__dict__, default=_written, option=orjson.OPT_UTC_Z)
    if len(value) > MAX_MESSAGE_BYTES:
        raise EventTooLarge(f"{envelope.type} has {len(value)} bytes, {MAX_MESSAGE_BYTES} is the limit")
    return Message(envelope.data.topic.name, f"{envelope.tenantid}/{envelope.data.order_key}", value)


def _written(part: object) -> object:
    """Write what the encoder does not know as the contracts do; to let them do it takes three times as long."""
    match part:
        case Decimal():  # what there is most of comes first, and models, which are asked whether they are one, last
            return positional(part)
        case UUID():  # the driver has one of its own
            return str(part)
        case BaseModel():
            return part.__dict__
    raise TypeError(f"{type(part).__name__} has no form in an event")


async def add_to_outbox(tx: Transaction, messages: Sequence[tuple[UUID, Message]]) -> None:
    """Write the messages of a transaction, each under its id, in one statement."""
    if not messages:
        return
    driver = await tx.driver()
    await driver.execute(
        _INSERT,
        [message_id for message_id, _ in messages],
        [message.topic for _, message in messages],
        [message.key for _, message in messages],
        [message.value for _, message in messages],
        [json.dumps(message.headers) if message.headers else None for _, message in messages],
    )
