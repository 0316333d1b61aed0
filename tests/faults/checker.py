"""Holds what was found against what was said: nothing lost, nothing doubled, nothing made up, every number right."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from tests.faults.found import Card, Counted, DeadLetter, Found, Target
from tests.faults.ledger import Ledger, Record, RecordId, Said
from tests.faults.oracle import Standing

Kind = Literal["lost", "doubled", "made up", "wrong", "undelivered", "dead letters", "not drained", "refuted"]


@dataclass(frozen=True, slots=True)
class Violation:
    kind: Kind
    what: str


def check_observations(ledger: Ledger, found: Found) -> tuple[list[Violation], Standing]:
    """Compare what counts with the ledger, record by record; gives also what each record was found to hold."""
    rows: dict[RecordId, list[Counted]] = defaultdict(list)
    for row in found.counted:
        rows[row.record_id].append(row)
    violations = [
        Violation("made up", f"{record_id} was never sent") for record_id in rows.keys() - ledger.records.keys()
    ]
    standing: dict[RecordId, tuple[Said, Mapping[str, Fraction]]] = {}
    for record_id, record in ledger.records.items():
        violations += _doubled(record_id, rows[record_id])
        held = _held(ledger, record_id, record, rows[record_id])
        if isinstance(held, Violation):
            violations.append(held)
        elif held is not None:
            parts = ledger.parts_of(record_id[0], held) or {}
            standing[record_id] = (held, {who: Fraction(part) for who, part in parts.items()})
    return [*violations, *_check_revisions(ledger, found)], standing


def _doubled(record_id: RecordId, rows: Sequence[Counted]) -> Iterator[Violation]:
    if len({row.observation_id for row in rows}) > 1:
        yield Violation("doubled", f"{record_id} became several observations")
    for subject_id, times in Counter(row.subject_id for row in rows).items():
        if times > 1:
            yield Violation("doubled", f"{record_id} counts {times} times for {subject_id}")


def _held(ledger: Ledger, record_id: RecordId, record: Record, rows: Sequence[Counted]) -> Said | Violation | None:
    """Find which permitted state the rows show; None for one in which nothing counts."""
    seen = {row.subject_id: row.value for row in rows}
    permitted = list(record.may_hold())
    for said in permitted:
        parts = ledger.parts_of(record_id[0], said) or {}
        if dict(parts) == seen and all(_agrees(row, said) for row in rows):
            return said if parts else None
    if not record.is_acknowledged and not rows:
        return None
    older = [said for revision, said in record.said.items() if revision < record.acknowledged]
    if not rows or any(dict(ledger.parts_of(record_id[0], said) or {}) == seen for said in older):
        return Violation("lost", f"{record_id} shows less than revision {record.acknowledged}, which was acknowledged")
    return Violation("made up", f"{record_id} counts {seen}, which nobody has said")


def _agrees(row: Counted, said: Said | None) -> bool:
    return said is not None and (row.measure, row.day, row.cohort) == (said.measure, said.day, said.cohort)


def _check_revisions(ledger: Ledger, found: Found) -> Iterator[Violation]:
    """The connector must know every acknowledged record in no older revision, and none that was never sent."""
    for record_id, record in ledger.records.items():
        revision, _ = found.revisions.get(record_id, (-1, ""))
        if revision < record.acknowledged:
            yield Violation(
                "lost", f"the connector knows {record_id} in revision {revision}, not {record.acknowledged}"
            )
        elif revision >= 0 and revision not in record.said:
            yield Violation("made up", f"revision {revision} of {record_id} was never sent")
    for record_id in found.revisions.keys() - ledger.records.keys():
        yield Violation("made up", f"the connector knows {record_id}, which was never sent")


def check_history(found: Found) -> Iterator[Violation]:
    """Results of a scorecard are numbered without gaps, the last is what it shows, and each was told exactly once."""
    histories: dict[str, list[int]] = defaultdict(list)
    totals = {(shown.scorecard_id, shown.sequence): shown.total for shown in found.shown}
    for shown in found.shown:
        histories[shown.scorecard_id].append(shown.sequence)
    for card in found.cards:
        sequences = sorted(histories[card.id])
        if sequences != list(range(1, card.sequence + 1)):
            yield Violation("lost", f"scorecard {card.id} shows {card.sequence}, its history is {sequences[-5:]}")
        elif sequences and totals[card.id, card.sequence] != card.total:
            yield Violation("wrong", f"scorecard {card.id} shows another total than its last result")
    told = Counter((t.subject, t.sequence) for t in found.told if t.type == "score.changed.v1")
    changes = {(f"scorecards/{shown.scorecard_id}", shown.sequence) for shown in found.shown}
    for change in changes - told.keys():
        yield Violation("lost", f"nobody was told of {change}")
    for change, times in told.items():
        if change not in changes:
            yield Violation("made up", f"{change} was told and never happened")
        elif times > 1:
            yield Violation("doubled", f"{change} was told {times} times")


def check_targets(ledger: Ledger, found: Found, *, cycle_id: str) -> Iterator[Violation]:
    """What was set last holds, and the company's target is divided without a rest."""
    targets = [target for target in found.targets if target.cycle_id == cycle_id and target.metric == "sales"]
    by_id = {target.id: target for target in targets}
    for target_id, value in ledger.overrides.items():
        held = by_id[target_id].value if target_id in by_id else None
        if held != value:
            yield Violation("lost", f"target {target_id} is {held}, not the {value} it was set to")
    company = [target for target in targets if target.subject_kind == "company"]
    if [target.value for target in company] != [ledger.company_target]:
        yield Violation("lost", f"the company's target is {company}, not {ledger.company_target}")
        return
    below = [target for target in targets if target.subject_kind == "employee"]
    divided = sum((target.value or Decimal(0) for target in below), Decimal(0)) + _unassigned(targets)
    if divided != ledger.company_target:
        yield Violation("wrong", f"people's targets and what nobody has sum to {divided}, not {ledger.company_target}")


def _unassigned(targets: Iterable[Target]) -> Decimal:
    return sum((target.unassigned for target in targets if target.subject_kind != "employee"), Decimal(0))


def check_commands(ledger: Ledger, found: Found) -> Iterator[Violation]:
    """Everybody hired exists once, every copy has the newest name, no draft of a scheme was written twice."""
    hired = Counter(found.work_numbers)
    for number in ledger.employees.keys() - hired.keys():
        yield Violation("lost", f"{number} was hired and is not there")
    for number, times in hired.items():
        if times > 1 or number not in ledger.employees:
            yield Violation("doubled" if times > 1 else "made up", f"{number} was hired {times} times")
    for subject_id, name in ledger.names.items():
        for service, copy in found.names.items():
            if copy.get(subject_id) != name:
                yield Violation("lost", f"{service} calls {subject_id} {copy.get(subject_id)!r}, not {name!r}")
    for scheme_id, last, _ in ledger.schemes.values():
        if found.versions.get(scheme_id) != last:
            yield Violation("doubled", f"scheme {scheme_id} has {found.versions.get(scheme_id)} versions, not {last}")


def check_clocks(ledger: Ledger, found: Found) -> Iterator[Violation]:
    """Every service goes by the clock of the gateway, which knows of the last time it was set or of a repetition."""
    own = found.clocks["gateway"]
    if own[0] < ledger.clock:
        yield Violation("lost", f"the tenant is at {own[0]}, not {ledger.clock}")
    for service, copy in found.clocks.items():
        if copy != own:
            yield Violation("lost", f"the tenant's sequence and clock are {copy} for {service}, not {own}")


def check_dead_letters(expected: Iterable[tuple[str, str, bytes]], found: Iterable[DeadLetter]) -> Iterator[Violation]:
    """Each poison lies in the dead letters of every group that met it, and nothing else does.

    Each is counted once however often it came there: the same letter may be delivered again.
    """
    wanted, there = set(expected), {(letter.group, letter.topic, letter.value) for letter in found}
    for group, topic, value in wanted - there:
        yield Violation("dead letters", f"poison of {topic} is missing for {group}: {value[:60]!r}")
    for group, topic, value in there - wanted:
        yield Violation("dead letters", f"{group} gave up something sound of {topic}: {value[:200]!r}")


def by_employee(cards: Iterable[Card], cycle_id: str) -> Mapping[str, Card]:
    return {card.employee_id: card for card in cards if card.cycle_id == cycle_id}
