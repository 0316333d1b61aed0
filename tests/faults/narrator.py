"""One sender of observations: what it says next, said twice, corrected, taken back; and which fates it must be told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.faults.client import Json, Refuted
from tests.faults.ledger import Ledger, RecordId, Said

Fates = frozenset[str]
STARTS_ON, DAYS = date(2026, 1, 1), 181
"""The main cycle, in which most observations fall."""
CLOSED_DAY = date(2025, 11, 11)
"""Inside the cycle that is published while the run goes on."""
_KINDS = {"new": 55, "again": 15, "correction": 13, "stale": 6, "retraction": 5, "revival": 4, "unknown": 2}
"""How often a message is of which kind, in percent; late ones are added to these once a cycle is closed."""
_MEASURES = {
    "seller": ("order.amount", "order.amount", "order.amount", "lead.created", "lead.won"),
    "agent": ("call.minutes", "call.minutes", "loan.overdue_amount"),
}
_COUNTED = frozenset({"lead.created", "lead.won"})
_NEW: Fates = frozenset({"accepted"})
_REPLACED: Fates = frozenset({"replaced"})
_WAITS: Fates = frozenset({"quarantined"})
_KNOWN: Fates = frozenset({"duplicate"})
_OLD: Fates = frozenset({"ignored"})
_RECENT = 400


class WrongFate(Refuted):
    """The connector told a fate that cannot be, after all it had acknowledged before."""


@dataclass
class Batch:
    """Items as they are sent, what each says, and the fates the first and any later sending may be told."""

    items: list[Json] = field(default_factory=list)
    sayings: list[tuple[RecordId, int, Said | None]] = field(default_factory=list)
    first: list[Fates] = field(default_factory=list)

    @property
    def again(self) -> list[Fates]:
        """Give the fates of a batch that had been taken in already, though nobody was told."""
        newest: dict[RecordId, int] = {}
        for record_id, revision, _ in self.sayings:
            newest[record_id] = max(newest.get(record_id, -1), revision)
        return [
            fates if fates == _OLD else _KNOWN if newest[record_id] == revision else _OLD
            for (record_id, revision, _), fates in zip(self.sayings, self.first, strict=True)
        ]


class Narrator:
    """Owns the records whose ids begin with its name, so that it alone decides what they say."""

    def __init__(self, ledger: Ledger, *, source: str, name: str, random: Random) -> None:
        self._ledger = ledger
        self._source = source
        self._name = name
        self._random = random
        self._recent: list[str] = []
        self._known: dict[str, tuple[int, Said | None]] = {}
        self._told = self._codes = 0
        self.settled: frozenset[str] = frozenset()
        """Work numbers the connector has known from the beginning; of others it may not have heard yet."""
        self.unlinked: list[str] = []
        """Codes it used and nobody has linked yet."""
        self.closed = False
        """Whether the earlier cycle is closed, so that what falls into it comes late."""

    def compose(self, size: int) -> Batch:
        batch = Batch()
        while len(batch.items) < size:
            self._say(batch, self._random.choices(list(_KINDS), list(_KINDS.values()))[0])
        return batch

    def judge(self, batch: Batch, fates: Sequence[str], *, unanswered: int) -> None:
        """Hold what was told against what may be; raises WrongFate."""
        allowed = [batch.first, batch.again] if unanswered else [batch.first]
        if any(all(told in may for told, may in zip(fates, each, strict=True)) for each in allowed):
            return
        wrong = [
            f"{record_id[1]} r{revision}: {told} instead of {'/'.join(sorted(may))}"
            for (record_id, revision, _), told, may in zip(batch.sayings, fates, batch.first, strict=True)
            if told not in may
        ]
        raise WrongFate(f"after {unanswered} unanswered attempts: {'; '.join(wrong)}")

    def new_code(self) -> str:
        """Make up a code that means nobody until it is linked."""
        self._codes += 1
        code = f"X-{self._name}-{self._codes}"
        self.unlinked.append(code)
        return code

    def _say(self, batch: Batch, kind: str) -> None:
        if kind in {"new", "unknown"} or not self._recent:
            self._told += 1
            remote_id, revision = f"{self._name}-{self._told}", self._random.choice((0, 0, 0, 1, 7))
            self._add(batch, remote_id, revision, self._statement(unknown=kind == "unknown"))
            return
        remote_id = self._random.choice(self._recent)
        revision, said = self._known[remote_id]
        if kind == "again":
            self._add(batch, remote_id, revision, said)
        elif kind == "stale" and revision > 0:
            self._add(batch, remote_id, revision - 1, self._statement())
        elif kind == "retraction":
            self._add(batch, remote_id, revision + 1, None)
        elif kind == "correction" or (kind == "revival" and said is None):
            self._add(batch, remote_id, revision + self._random.choice((1, 1, 3)), self._corrected(said))

    def _add(self, batch: Batch, remote_id: str, revision: int, said: Said | None) -> None:
        record_id = (self._source, remote_id)
        batch.first.append(self._fates(remote_id, revision, said))
        batch.items.append(item_of(remote_id, revision, said))
        batch.sayings.append((record_id, revision, said))
        self._ledger.attempt(record_id, revision, said)
        if remote_id not in self._known:
            self._recent = [*self._recent[-_RECENT:], remote_id]
        if revision >= self._known.get(remote_id, (0, None))[0]:
            self._known[remote_id] = (revision, said)

    def _fates(self, remote_id: str, revision: int, said: Said | None) -> Fates:
        known = self._known.get(remote_id)
        if known is not None and revision <= known[0]:
            return _KNOWN if revision == known[0] else _OLD
        good = _NEW if known is None else _REPLACED
        references = [reference for reference, _ in said.parts] if said else []
        if any(self._ledger.subject_of(self._source, reference) is None for reference in references):
            return _WAITS
        return good if all(map(self._is_heard_of, references)) else good | _WAITS

    def _is_heard_of(self, reference: str) -> bool:
        """Tell whether the connector knows somebody for certain: links are its own, hires reach it as events."""
        return reference in self.settled or (self._source, reference) in self._ledger.links

    def _statement(self, *, unknown: bool = False) -> Said:
        position = self._random.choice(("seller", "seller", "agent"))
        measure = self._random.choice(_MEASURES[position])
        cents = self._random.randrange(1, 40_000) * 2
        value = Decimal(1) if measure in _COUNTED else Decimal(cents) / 100
        day = STARTS_ON + timedelta(days=self._random.randrange(DAYS + 9))
        if self.closed and self._random.random() < 0.02:
            day = CLOSED_DAY
        cohort = day if measure == "lead.won" else None
        return Said(measure, self._credited(position, value, unknown=unknown), day, cohort)

    def _credited(self, position: str, value: Decimal, *, unknown: bool) -> tuple[tuple[str, Decimal], ...]:
        if unknown:
            code = self._random.choice(self.unlinked) if self.unlinked else self.new_code()
            return ((code, value),)
        people = [number for number, held in self._ledger.positions.items() if held == position]
        if value != 1 and self._random.random() < 0.08:
            one, other = self._random.sample(people, 2)
            return ((one, value / 2), (other, value / 2))
        return ((self._random.choice(people), value),)

    def _corrected(self, said: Said | None) -> Said:
        """Say something else of the same record: another value, or the same for another person."""
        if said is None or self._random.random() < 0.3:
            return self._statement()
        shift = Decimal(self._random.randrange(1, 500)) / 50
        return Said(said.measure, tuple((who, part + shift) for who, part in said.parts), said.day, said.cohort)


def item_of(remote_id: str, revision: int, said: Said | None) -> Json:
    """Write a message as the API takes it."""
    if said is None:
        return {"id": remote_id, "revision": revision, "retracted": True}
    total = sum((part for _, part in said.parts), Decimal(0))
    (first, _), *others = said.parts
    share = str(Decimal(1) / len(said.parts))
    whom: Json = {"employee": {"ref": first}}
    if others:
        whom = {"credits": [{"employee": {"ref": reference}, "share": share} for reference, _ in said.parts]}
    return {
        "id": remote_id,
        "revision": revision,
        "measure": said.measure,
        "value": str(total),
        "occurred_at": f"{said.day}T12:00:00+08:00",
        **({"cohort_date": str(said.cohort)} if said.cohort else {}),
        **whom,
    }
