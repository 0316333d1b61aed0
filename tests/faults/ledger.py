"""What the load said and what was acknowledged, item by item: the truth the services are held against."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What one revision of a record says: who is credited with how much, on which day."""

    measure: str
    parts: tuple[tuple[str, Decimal], ...]
    """References as the source writes them, each with its exact part."""
    day: date
    cohort: date | None = None


@dataclass(slots=True)
class Record:
    """One record of a source; what a revision says is None where it takes the record back."""

    said: dict[int, Said | None] = field(default_factory=dict)
    """Every revision that was ever sent."""
    acknowledged: int = -1
    """The highest revision whose fate was told."""

    def may_hold(self) -> Iterator[Said | None]:
        """Give every state the record may be in: nothing older than what was acknowledged."""
        for revision in sorted(self.said):
            if revision >= self.acknowledged:
                yield self.said[revision]

    @property
    def is_acknowledged(self) -> bool:
        return self.acknowledged >= 0


RecordId = tuple[str, str]
"""Source and the source's own id."""


@dataclass
class Ledger:
    """Everything the load did; only what was acknowledged may be relied on."""

    records: dict[RecordId, Record] = field(default_factory=dict)
    employees: dict[str, str] = field(default_factory=dict)
    joined: dict[str, date] = field(default_factory=dict)
    """By employee id, where that was not long ago."""
    """Employee ids by work number, of those whose hiring was acknowledged."""
    positions: dict[str, str] = field(default_factory=dict)
    """The position's code by work number."""
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    """By source and code the work number it was linked to."""
    schemes: dict[str, tuple[str, int, Json]] = field(default_factory=dict)
    """By the position's code: scheme id, and number and document of the version published last."""
    company_target: Decimal | None = None
    overrides: dict[str, Decimal] = field(default_factory=dict)
    """By target id the value set last."""
    tests: set[tuple[str, str]] = field(default_factory=set)
    """Webhook and message id of each test event asked for."""
    names: dict[str, str] = field(default_factory=dict)
    """By employee or department id the name given last."""
    clock: int = 0
    """The tenant's sequence once its clock was set last."""
    messages: int = 0
    """Observation messages sent and acknowledged, repetitions included."""
    commands: int = 0
    """Acknowledged changes of rules, targets and the organisation."""
    unknown_outcomes: list[str] = field(default_factory=list)
    """Calls that were given up; whether they were carried out is open."""

    def attempt(self, record_id: RecordId, revision: int, said: Said | None) -> None:
        self.records.setdefault(record_id, Record()).said.setdefault(revision, said)

    def acknowledge(self, record_id: RecordId, revision: int) -> None:
        record = self.records[record_id]
        record.acknowledged = max(record.acknowledged, revision)

    def subject_of(self, source: str, reference: str) -> str | None:
        """Give the employee id a reference means now, or None while nobody can tell."""
        return self.employees.get(self.links.get((source, reference), reference))

    def parts_of(self, source: str, said: Said | None) -> Mapping[str, Decimal] | None:
        """Give the exact part of each employee; None where it says nothing, or somebody in it is unknown."""
        if said is None:
            return None
        parts: dict[str, Decimal] = {}
        for reference, part in said.parts:
            subject = self.subject_of(source, reference)
            if subject is None:
                return None
            parts[subject] = parts.get(subject, Decimal(0)) + part
        return parts
