"""Finds the first link of an exported log that is broken, by nothing but its lines and the signed checkpoints."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from services.gateway.domain.audit.chain import Checkpoint, Record, beginning, canonical, link

Reason = Literal["unreadable", "edited", "deleted", "inserted", "reordered", "rewritten", "truncated", "unsigned"]
_DIGEST_BYTES = 32
EXPLANATIONS: Mapping[Reason, str] = {
    "unreadable": "this line is no entry as an export writes it",
    "edited": "the content is not what its digest was made of",
    "deleted": "an entry is missing here",
    "inserted": "there is an entry here that does not belong here",
    "reordered": "the entries do not stand in their order",
    "rewritten": "the digest is not the one that was signed",
    "truncated": "a checkpoint was signed for more entries than there are",
    "unsigned": "no checkpoint covers the entries from here on",
}


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken link: at which entry, at which line (from 1), and what is wrong with it."""

    sequence: int
    line: int
    reason: Reason

    def __str__(self) -> str:
        return f"entry {self.sequence} (line {self.line}): {self.reason}: {EXPLANATIONS[self.reason]}"


def line_of(record: Record, digest: bytes) -> str:
    """Write an entry as one line of an export."""
    return canonical({**record, "digest": digest.hex()})


def first_break(lines: Sequence[str], checkpoints: Iterable[Checkpoint], *, tenant_id: UUID) -> Break | None:
    """Verify a whole log; None where every link holds, up to an end that was signed."""
    return _Walk(tenant_id, [each for each in checkpoints if each.tenant_id == tenant_id], lines).first_break()


class _Walk:
    """One way through a log, entry after entry."""

    def __init__(self, tenant_id: UUID, checkpoints: Sequence[Checkpoint], lines: Sequence[str]) -> None:
        self._tenant_id = tenant_id
        self._lines = lines
        self._signed: dict[int, set[bytes]] = {}
        for each in checkpoints:
            self._signed.setdefault(each.sequence, set()).add(each.digest)
        newest = max(checkpoints, key=lambda each: (each.sequence, each.first), default=None)
        self._last_signed = newest.sequence if newest else 0
        self._oldest_kept = newest.first if newest else 1
        self._digest = b""

    def first_break(self) -> Break | None:
        expected = self._begin()
        for number, line in enumerate(self._lines, start=1):
            if broken := self._check(line, expected, number):
                return broken
            expected += 1
        return self._check_end(expected)

    def _begin(self) -> int:
        """Give the entry with which the log must begin: the oldest that is kept, or an older one that is signed for."""
        found = _read(self._lines[0]) if self._lines else None
        claimed = found["sequence"] if found else self._oldest_kept
        older = 0 < claimed < self._oldest_kept and (claimed == 1 or claimed - 1 in self._signed)
        first: int = claimed if older else self._oldest_kept
        self._digest = beginning(self._tenant_id) if first == 1 else min(self._signed.get(first - 1, {b""}))
        return first

    def _check(self, line: str, expected: int, number: int) -> Break | None:
        record = _read(line)
        if record is None or record["tenant_id"] != str(self._tenant_id):
            return Break(expected, number, "unreadable")
        claimed = bytes.fromhex(record.pop("digest"))
        if record["sequence"] != expected:
            return Break(expected, number, self._displacement(record["sequence"], expected, number))
        self._digest = link(self._digest, record)
        if self._digest != claimed:
            return Break(expected, number, "edited")
        if self._signed.get(expected, {claimed}) != {claimed}:
            return Break(expected, number, "rewritten")
        return None

    def _displacement(self, found: int, expected: int, number: int) -> Reason:
        """Say how an entry came where another was expected: by looking where that one is."""
        if found < expected:
            return "inserted"
        later = any(record["sequence"] == expected for line in self._lines[number:] if (record := _read(line)))
        return "reordered" if later else "deleted"

    def _check_end(self, expected: int) -> Break | None:
        end, last = len(self._lines), expected - 1
        if self._last_signed > last:
            return Break(expected, end + 1, "truncated")
        if self._last_signed < last:
            return Break(self._last_signed + 1, end - (last - self._last_signed) + 1, "unsigned")
        return None


def _read(line: str) -> dict[str, Any] | None:
    """Read a line, of which nothing but the canonical writing counts; None where it is no entry."""
    try:
        record = json.loads(line)
        sound = isinstance(record, dict) and type(record["sequence"]) is int and isinstance(record["tenant_id"], str)
        digest = bytes.fromhex(record["digest"])
        same = canonical(record) == line and bool(line.encode())
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return record if sound and same and len(digest) == _DIGEST_BYTES else None
