"""The audit log as a chain: each entry's digest covers the one before, so that none can change unnoticed.

Digest of entry n = SHA-256(digest of entry n - 1 followed by entry n in canonical JSON), of which the zeroth is derived
from the tenant. Canonical JSON is that of RFC 8785 for what entries hold: no floats, names in ASCII.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.core.errors import Invalid

Record = Mapping[str, Any]
"""An entry as it is written: strings, whole numbers, null, and lists of them."""
LEAST_DAYS = 180
"""For how long a log is kept at least."""
MOST_DAYS = 3650
MAX_UNSIGNED = 1000
MAX_WAIT = timedelta(minutes=5)
"""A checkpoint is due once so many entries, or the first for so long, have none."""


def canonical(record: Record) -> str:
    """Write a record in the one way there is."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def beginning(tenant_id: UUID) -> bytes:
    """Give what the first entry of a tenant's log is chained to."""
    return hashlib.sha256(f"steelyard audit {tenant_id}".encode()).digest()


def link(previous: bytes, record: Record) -> bytes:
    """Chain a record, its sequence included, to the digest before it."""
    return hashlib.sha256(previous + canonical(record).encode()).digest()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, when, from where, with what result; the fields are those of the event `audit.recorded`."""

    id: UUID
    service: str
    occurred_at: datetime
    actor: str
    actor_kind: str | None
    actor_employee_id: UUID | None
    action: str
    outcome: str
    method: str
    route: str
    resource: str
    status: int
    code: str | None
    subjects: Sequence[UUID]
    rows: int | None
    request_id: str | None
    client_address: str | None

    def record(self, tenant_id: UUID, sequence: int) -> Record:
        """Write the entry as number `sequence` of its log."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "id": str(self.id),
            "tenant_id": str(tenant_id),
            "sequence": sequence,
            "occurred_at": self.occurred_at.astimezone(UTC).isoformat(),
            "actor_employee_id": None if self.actor_employee_id is None else str(self.actor_employee_id),
            "subjects": [str(subject) for subject in self.subjects],
        }


_PLAIN = (
    "service",
    "actor",
    "actor_kind",
    "action",
    "outcome",
    "method",
    "route",
    "resource",
    "status",
    "code",
    "rows",
    "request_id",
    "client_address",
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The place of one entry in its log."""

    id: UUID
    sequence: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed and kept outside: how far the log went, with which digest, and where it began then."""

    tenant_id: UUID
    sequence: int
    digest: bytes
    first: int
    """The oldest entry that was still kept; what lies before has been removed by rule."""
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class AuditChain:
    """The end of a tenant's log, to which the next entry will be chained."""

    tenant_id: UUID
    sequence: int
    digest: bytes
    first: int
    keep_days: int
    signed_sequence: int
    signed_first: int
    unsigned_since: datetime | None
    """When the first entry was sealed that no checkpoint covers."""

    def sealed(self, entries: Sequence[AuditEntry], *, at: datetime) -> tuple["AuditChain", Sequence[Sealed]]:
        """Chain entries in their order."""
        places = list(self._places(entries))
        if not places:
            return self, places
        last = places[-1]
        since = self.unsigned_since or at
        return replace(self, sequence=last.sequence, digest=last.digest, unsigned_since=since), places

    def _places(self, entries: Sequence[AuditEntry]) -> Iterator[Sealed]:
        digest = self.digest
        for sequence, entry in enumerate(entries, start=self.sequence + 1):
            digest = link(digest, entry.record(self.tenant_id, sequence))
            yield Sealed(entry.id, sequence, digest)

    def is_due(self, *, at: datetime) -> bool:
        """Tell whether a checkpoint should be signed now."""
        if self.first != self.signed_first or self.sequence - self.signed_sequence >= MAX_UNSIGNED:
            return True
        return self.unsigned_since is not None and at - self.unsigned_since >= MAX_WAIT

    def checkpoint(self, *, at: datetime) -> Checkpoint:
        return Checkpoint(self.tenant_id, self.sequence, self.digest, self.first, at)

    def signed(self, checkpoint: Checkpoint) -> "AuditChain":
        """Note that a checkpoint lies outside; what was sealed meanwhile waits for the next one."""
        behind = self.sequence > checkpoint.sequence
        since = checkpoint.signed_at if behind else None
        return replace(self, signed_sequence=checkpoint.sequence, signed_first=checkpoint.first, unsigned_since=since)

    def without(self, through: int) -> "AuditChain":
        """Note that the entries up to and with this one are gone."""
        return replace(self, first=through + 1)

    def keeping(self, days: int) -> "AuditChain":
        """Keep entries for so long. Raises Invalid (`retention_out_of_range`)."""
        if not LEAST_DAYS <= days <= MOST_DAYS:
            detail = f"An audit log is kept for {LEAST_DAYS} days at least, and {MOST_DAYS} at most."
            raise Invalid.at("/keep_days", "retention_out_of_range", detail)
        return replace(self, keep_days=days)
