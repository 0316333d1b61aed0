"""Observations laid flat in the order of the statements' columns, and read back."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

import orjson

from services.connector.domain.identity import Reference, Subject, Unresolved
from services.connector.domain.observation import Observation
from services.connector.domain.statement import Credit, Facts
from shared.core.paging import Row

_OWN = (
    *("id", "connection_id", "remote_id", "revision", "decision", "status", "payload", "late"),
    *("received_at", "updated_at", "dismissed_by", "dismissal_reason"),
)
_NEW = ("id", "remote_id", "revision", "decision", "status", "payload", "late")
_STATED = ("measure", "value", "currency", "occurred_at", "credit_date", "cohort_date", "credit_date_stated")
_own = attrgetter(*_OWN)
_new = attrgetter(*_NEW)
_stated = attrgetter(*_STATED)
_NOBODY = (None,) * 5
_NOTHING_STATED = (*(None,) * (len(_STATED) - 1), False, "{}", *_NOBODY)
_history = attrgetter("id", "decision", "revision", "status", "payload", "updated_at")


def new_row(observation: Observation) -> tuple[object, ...]:
    """Lay out what tells one new observation from another of the same batch."""
    return (*_new(observation), *_stated_row(observation.facts))


def observation_row(observation: Observation) -> tuple[object, ...]:
    return (*_own(observation), *_stated_row(observation.facts))


def _stated_row(facts: Facts | None) -> tuple[object, ...]:
    if facts is None:
        return _NOTHING_STATED
    dimensions = orjson.dumps(facts.dimensions).decode()
    return (*_stated(facts), dimensions, *(_NOBODY if facts.is_split else _whom(facts.credits[0])))


def _whom(credit: Credit) -> tuple[object, ...]:
    """Lay out by whose name somebody is credited, and who that is or why nobody."""
    reference, resolved = credit.reference, credit.resolved
    if isinstance(resolved, Subject):
        return reference.kind, reference.value, resolved.kind, resolved.id, None
    return reference.kind, reference.value, None, None, resolved


def history_row(observation: Observation) -> tuple[object, ...]:
    row: tuple[object, ...] = _history(observation)
    return row


def part_rows(observation: Observation) -> Iterator[tuple[object, ...]]:
    """Lay out the parts of what credits several; nothing of what credits one, which its own row says."""
    if observation.facts is None or not observation.facts.is_split:
        return
    for position, credit in enumerate(observation.facts.credits):
        kind, reference, *whom = _whom(credit)
        yield (observation.id, position, kind, reference, credit.fraction, credit.value, *whom)


def to_part(row: Row) -> Credit:
    return Credit(*_meant(row), fraction=row["fraction"], value=row["value"])


def to_observation(row: Row, parts: Sequence[Credit]) -> Observation:
    facts = None
    if row["measure"] is not None:
        stated = {name: row[name] for name in _STATED}
        credits_ = (Credit(*_meant(row), value=row["value"]),) if row["reference_kind"] is not None else tuple(parts)
        facts = Facts(**stated, credits=credits_, dimensions=row["dimensions"])
    own = {name: row[name] for name in _OWN}
    return Observation(**{**own, "payload": row["sent"]}, facts=facts)


def _meant(row: Row) -> tuple[Reference, Subject | Unresolved]:
    reference = Reference(row["reference_kind"], row["reference"])
    return reference, Subject(row["subject_kind"], row["subject_id"]) if row["subject_kind"] else row["problem"]
