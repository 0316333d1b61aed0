"""Records in a person's file, and what becomes of one that is filed again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from shared.core.errors import Conflict

RecordKind = Literal["performance", "training", "reward", "discipline", "competency", "feedback"]
DELICATE: frozenset[RecordKind] = frozenset({"discipline", "feedback"})
"""Kinds whose notes are not for everybody who sees the record."""
FilingStatus = Literal["accepted", "replaced", "duplicate"]


@dataclass(frozen=True, slots=True)
class Measurement:
    measure: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class PastMetric:
    metric: str
    target: Decimal | None = None
    actual: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PastComputed:
    """What was computed, where people decided otherwise."""

    total: Decimal | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class PastPerformance:
    """What a person reached in `[starts_on, ends_on)`."""

    starts_on: date
    ends_on: date
    metrics: tuple[PastMetric, ...] = ()
    total: Decimal | None = None
    grade: str | None = None
    computed: PastComputed | None = None
    """Where total and grade were calibrated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is said in a record; `remote_id` names it in the system it comes from."""

    employee_id: UUID
    kind: RecordKind
    occurred_on: date
    title: str
    note: str | None = None
    measurements: tuple[Measurement, ...] = ()
    performance: PastPerformance | None = None
    remote_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Entry):
    id: UUID
    scorecard_id: UUID | None = None
    """The scorecard this record follows; it changes only with that."""
    deleted: bool = False
    sequence: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, entry: Entry, *, record_id: UUID, at: datetime) -> "Record":
        return cls(**_said(entry), id=record_id, sequence=1, created_at=at, updated_at=at)

    def filed_again(self, entry: Entry, *, at: datetime) -> tuple[FilingStatus, "Record"]:
        """Decide about the same remote id once more: the same is a duplicate, other content is a correction.

        A correction brings a deleted record back. Raises Conflict (`remote_id_taken`) for another person's record.
        """
        if entry.employee_id != self.employee_id:
            raise Conflict("remote_id_taken", "This remote id belongs to a record of somebody else.")
        if not self.deleted and _said(entry) == _said(self):
            return "duplicate", self
        return "replaced", replace(self, **_said(entry), deleted=False, sequence=self.sequence + 1, updated_at=at)

    def removed(self, *, at: datetime) -> "Record":
        """Leave a tombstone. Raises Conflict (`record_of_scorecard`)."""
        if self.scorecard_id is not None:
            raise Conflict("record_of_scorecard", "This record follows a scorecard and changes only with it.")
        return replace(self, deleted=True, sequence=self.sequence + 1, updated_at=at)


def _said(entry: Entry) -> Mapping[str, Any]:
    return {field.name: getattr(entry, field.name) for field in fields(Entry)}
