"""The envelope of every event: CloudEvents 1.0 in JSON, with tenant, sequence and trace as extensions."""

from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeVar
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict

from shared.contracts.topics import Topic


class Part(BaseModel):
    """A part of an event: immutable, and tolerant of fields that a newer producer adds."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class EventData(Part):
    """The `data` of one event type. Types are past tense and versioned; changes within a version are additive."""

    event_type: ClassVar[str]
    topic: ClassVar[Topic]

    @property
    def subject(self) -> str:
        """What the event is about, as a relative resource path such as `employees/{id}`."""
        raise NotImplementedError

    @property
    def order_key(self) -> str:
        """Events of one tenant with the same key keep their order; the subject, unless a family says otherwise."""
        return self.subject

    @property
    def version(self) -> int:
        """The subject's sequence after this event; 0 where the family has none."""
        return getattr(self, "sequence", 0)


Data = TypeVar("Data", bound=EventData)


class Envelope(Part, Generic[Data]):
    """One event as it travels; whoever receives one gets an `Event`."""

    specversion: Literal["1.0"] = "1.0"
    """The version of CloudEvents."""
    id: UUID
    """UUIDv7 of this event; every repetition of it carries the same, so whoever remembers it acts once."""
    source: str
    """The producing service, such as `/performance`."""
    type: str
    """What happened, in the past tense, with the version of its data."""
    subject: str
    """What it happened to, as a relative resource path."""
    time: datetime
    """When it was decided, in UTC; in a sandbox, by its own business clock."""
    tenantid: UUID
    """The company it happened in."""
    sequence: str
    """The subject's version after this event, a whole number in decimal digits; `0` where the family has none."""
    traceparent: str | None = None
    """W3C trace context of the request behind it; null is the same as absent."""
    datacontenttype: Literal["application/json"] = "application/json"
    data: Data


class Head(msgspec.Struct, frozen=True):
    """An envelope as it was received, whose data is not read yet: `type` says as what to read it."""

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    tenantid: UUID
    data: msgspec.Raw
    sequence: str = "0"
    traceparent: str | None = None
    specversion: Literal["1.0"] = "1.0"
    datacontenttype: Literal["application/json"] = "application/json"


class Event(msgspec.Struct, Generic[Data], frozen=True):
    """An event as handlers get it; what the attributes mean says `Envelope`."""

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    tenantid: UUID
    traceparent: str | None
    data: Data


read_head = msgspec.json.Decoder(Head).decode
"""Reads as much of a message as decides what to do with it. Raises one of UNREADABLE."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What comes of bytes that are no event: no JSON, no UTF-8, nested without end."""


def read_event(head: Head, kind: type[Data]) -> Event[Data]:
    """Read the data too, as an event of `kind`. Raises pydantic.ValidationError."""
    data = kind.__pydantic_validator__.validate_json(bytes(head.data))
    return Event(head.id, head.source, head.type, head.subject, head.time, head.tenantid, head.traceparent, data)
