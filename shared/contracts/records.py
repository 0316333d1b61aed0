"""Events of the archive about records in a person's file; texts stay at home, only what may be measured travels."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.decimals import DecimalText
from shared.contracts.envelope import EventData, Part
from shared.contracts.topics import RECORDS, Topic

RecordKind = Literal["performance", "training", "reward", "discipline", "competency", "feedback"]


class Measurement(Part):
    """A number in a record that may become an observation, such as `feedback.teamwork`."""

    measure: str
    value: DecimalText


class PastMetric(Part):
    """What was to be reached in a metric, and what was; null where it is not known any more."""

    metric: str
    target: DecimalText | None = None
    actual: DecimalText | None = None


class PastComputed(Part):
    """What was computed, where people decided otherwise."""

    total: DecimalText | None = None
    grade: str | None = None


class PastPerformance(Part):
    """What a person reached in a past period `[starts_on, ends_on)`."""

    starts_on: date
    ends_on: date
    metrics: tuple[PastMetric, ...] = ()
    total: DecimalText | None = None
    grade: str | None = None
    computed: PastComputed | None = None
    """Where total and grade were calibrated. Null elsewhere."""


class RecordChanged(EventData):
    """A record in a person's file as it now is, without its title and its note."""

    event_type: ClassVar[str] = "record.changed.v1"
    topic: ClassVar[Topic] = RECORDS

    record_id: UUID
    sequence: int
    employee_id: UUID
    kind: RecordKind
    occurred_on: date
    measurements: tuple[Measurement, ...] = ()
    performance: PastPerformance | None = None
    """For records of the kind `performance`."""
    deleted: bool = False
    """It counts no longer."""

    @property
    def subject(self) -> str:
        return f"employees/{self.employee_id}/records/{self.record_id}"

    @property
    def order_key(self) -> str:
        return f"employees/{self.employee_id}"
