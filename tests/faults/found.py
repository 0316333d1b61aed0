"""What the services hold in the end, as plain rows; the checker holds them against the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests.faults.ledger import RecordId

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """A standing observation of the performance engine that counts for somebody."""

    record_id: RecordId
    observation_id: str
    subject_id: str
    measure: str
    value: Decimal
    day: date
    cohort: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """A scorecard as the API shows it."""

    id: str
    cycle_id: str
    employee_id: str
    status: str
    sequence: int
    scheme_id: str | None
    scheme_version: int | None
    total: str | None
    grade: str | None
    items: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One result a scorecard has shown."""

    scorecard_id: str
    sequence: int
    status: str
    total: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Something the performance engine has let everybody know: an event, or one scorecard's part of it."""

    type: str
    subject: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message queued for an endpoint."""

    endpoint_id: str
    message_id: str
    type: str
    subject: str
    sequence: int
    state: str
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Target:
    id: str
    cycle_id: str
    metric: str
    subject_kind: str
    subject_id: str | None
    value: Decimal | None
    unassigned: Decimal


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message a group could not apply."""

    group: str
    topic: str
    value: bytes


@dataclass
class Found:
    """Everything the checker looks at beside the ledger and the receiver."""

    counted: Sequence[Counted] = ()
    revisions: dict[RecordId, tuple[int, str]] = field(default_factory=dict)
    """By record the connector's revision and status."""
    cards: Sequence[Card] = ()
    shown: Sequence[Shown] = ()
    told: Sequence[Told] = ()
    deliveries: Sequence[Delivery] = ()
    targets: Sequence[Target] = ()
    dead_letters: Sequence[DeadLetter] = ()
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    """By service and employee or department id the name its copy has."""
    clocks: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By service the sequence of its copy of the tenant, the gateway's own row among them, and the clock's seconds."""
    work_numbers: Sequence[str] = ()
    """The archive's, one for each employee."""
    versions: dict[str, int] = field(default_factory=dict)
    """By scheme id how many versions there are."""
    rescored: Sequence[str] = ()
    """Scorecards and targets that computing everything from nothing changed."""
