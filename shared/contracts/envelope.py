"""The envelope of every event: CloudEvents 1.0 in JSON, with tenant, sequence and trace as extensions."""

from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.topics import Topic


class Part(BaseModel):
    """A part of an event: immutable, and tolerant of fields that a newer producer adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


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
    """One event as it travels."""

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    tenantid: UUID
    sequence: str
    traceparent: str | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    data: Data


class RawEnvelope(Part):
    """An envelope whose data is not read yet; consumers look at `type` first."""

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    tenantid: UUID
    sequence: str = "0"
    traceparent: str | None = None
    data: dict[str, Any]


def read_event(raw: RawEnvelope, kind: type[Data]) -> Data:
    """Validate the data of `raw` as an event of `kind`."""
    return kind.model_validate(raw.data)
