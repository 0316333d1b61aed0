"""Events of the connector: observations that arrived, days declared complete, targets the business set."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.decimals import DecimalText
from shared.contracts.envelope import EventData, Part
from shared.contracts.topics import BUSINESS_TARGETS, OBSERVATIONS, Topic

SHARDS = 16
"""Observations of one request leave as one event per shard of employees."""
MAX_ITEMS = 500
"""Items one event carries at most."""

FIRST_REVISION = 1
"""Of an observation and subject about which nothing was said before."""


class ObservationItem(Part):
    """What one observation now says about one subject; a higher `revision` replaces, a lower one is stale.

    `subject_kind` is about whom: an employee, a department, or the company (no `subject_id`). Of an observation
    with several credited employees, each gets an item of its own whose `value` is that employee's exact part.
    """

    observation_id: UUID
    revision: int
    """Counts what the connector decided about this observation, so reassignment alone raises it too."""
    source: str
    """Key of the connection it came through."""
    remote_id: str
    """What the source calls it."""
    measure: str
    """The quantity, such as `order.amount`."""
    subject_kind: Literal["employee", "department", "company"]
    subject_id: UUID | None = None
    value: DecimalText
    currency: str | None = None
    """ISO 4217; null for what is not money."""
    occurred_at: datetime
    credit_date: date
    """Business date in the tenant's zone that decides period and owner."""
    cohort_date: date | None = None
    """Business date of the cohort this belongs to, e.g. the day a won lead was created."""
    dimensions: dict[str, str] = Field(default_factory=dict)
    retracted: bool = False
    """The observation no longer counts for this subject."""


class ObservationsRecorded(EventData):
    """What a request to the connector changed for one shard of subjects: at most 500 items."""

    event_type: ClassVar[str] = "observations.recorded.v1"
    topic: ClassVar[Topic] = OBSERVATIONS

    batch_id: UUID
    """The request; one of many items leaves as several events."""
    shard: int
    """Which sixteenth of all subjects the items are about."""
    items: tuple[ObservationItem, ...]

    @property
    def subject(self) -> str:
        return f"observation-batches/{self.batch_id}/{self.shard}"

    @property
    def order_key(self) -> str:
        return f"shards/{self.shard}"


class CompletenessDeclared(EventData):
    """A source has delivered everything it has for a measure up to and including a day (its watermark)."""

    event_type: ClassVar[str] = "completeness.declared.v1"
    topic: ClassVar[Topic] = OBSERVATIONS

    source: str
    """Key of the connection."""
    measure: str
    complete_through: date
    """The last business day of which nothing more is to come."""
    ended: bool = False
    """Whether nothing comes of later days either."""

    @property
    def subject(self) -> str:
        return f"completeness/{self.source}/{self.measure}"


class ConnectionChanged(EventData):
    """A connection was configured, or is called or watched differently now."""

    event_type: ClassVar[str] = "connection.changed.v1"
    topic: ClassVar[Topic] = OBSERVATIONS

    connection_id: UUID
    sequence: int
    source: str
    """Key of the connection."""
    name: str

    @property
    def subject(self) -> str:
        return f"connections/{self.connection_id}"


class ConnectionStale(EventData):
    """A connection has sent nothing for longer than it promised."""

    event_type: ClassVar[str] = "connection.stale.v1"
    topic: ClassVar[Topic] = OBSERVATIONS

    connection_id: UUID
    source: str
    """Key of the connection."""
    last_received_at: datetime | None = None
    """Null where nothing has ever come."""

    @property
    def subject(self) -> str:
        return f"connections/{self.connection_id}"


class BusinessTargetChanged(EventData):
    """What the business wants to reach of a metric in `[starts_on, ends_on)`."""

    event_type: ClassVar[str] = "business_target.changed.v1"
    topic: ClassVar[Topic] = BUSINESS_TARGETS

    business_target_id: UUID
    sequence: int
    source: str
    """Key of the connection that set it."""
    metric: str
    """Key of the metric to reach it in, such as `sales`."""
    subject_kind: Literal["company", "department", "employee"]
    subject_id: UUID | None = None
    starts_on: date
    ends_on: date
    value: DecimalText
    currency: str | None = None
    """ISO 4217; null for what is not money."""
    deleted: bool = False
    """It holds no longer."""

    @property
    def subject(self) -> str:
        return f"business-targets/{self.business_target_id}"
