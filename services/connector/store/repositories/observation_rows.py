"""Observations laid flat in the order of the statements' columns, and read back."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

import orjson

from services.connector.domain.identity import Reference, Subject
from services.connector.domain.observation import Observation
from services.connector.domain.statement import Credit, Facts
from shared.core.paging import Row

_OWN = (
    *("id", "connection_id", "remote_id", "revision", "fingerprint", "decision", "status", "payload", "late"),
    *("received_at", "updated_at", "dismissed_by", "dismissal_reason"),
)
_NEW = ("id", "remote_id", "revision", "fingerprint", "decision", "status", "payload", "late")
_STATED = ("measure", "value", "currency", "occurred_at", "credit_date", "cohort_date")
_own = attrgetter(*_OWN)
_new = attrgetter(*_NEW)
_stated = attrgetter(*_STATED)
_NOTHING_STATED = (None,) * len(_STATED)
_history = attrgetter("id", "decision", "revision", "status", "payload", "updated_at")


def new_row(observation: Observation) -> tuple[object, ...]:
    """Lay out what tells one new observation from another of the same batch."""
    return (*_new(observation), *_stated_row(observation.facts))


def observation_row(observation: Observation) -> tuple[object, ...]:
    return (*_own(observation), *_stated_row(observation.facts))


def _stated_row(facts: Facts | None) -> tuple[object, ...]:
    if facts is None:
        return (*_NOTHING_STATED, "{}")
    return (*_stated(facts), orjson.dumps(facts.dimensions).decode())


def history_row(observation: Observation) -> tuple[object, ...]:
    row: tuple[object, ...] = _history(observation)
    return row


def credit_rows(observation: Observation) -> Iterator[tuple[object, ...]]:
    for position, credit in enumerate(observation.facts.credits if observation.facts else ()):
        reference, resolved = credit.reference, credit.resolved
        head = (observation.id, position, reference.kind, reference.value, credit.fraction, credit.value)
        yield (
            (*head, resolved.kind, resolved.id, None)
            if isinstance(resolved, Subject)
            else (*head, None, None, resolved)
        )


def to_credit(row: Row) -> Credit:
    reference = Reference(row["reference_kind"], row["reference"])
    subject = Subject(row["subject_kind"], row["subject_id"]) if row["subject_kind"] else None
    return Credit(reference, row["fraction"], row["value"], subject or row["problem"])


def to_observation(row: Row, credits_: Sequence[Credit]) -> Observation:
    facts = None
    if row["measure"] is not None:
        stated = {name: row[name] for name in _STATED}
        facts = Facts(**stated, credits=tuple(credits_), dimensions=row["dimensions"])
    own = {name: row[name] for name in _OWN}
    return Observation(**{**own, "payload": row["sent"]}, facts=facts)
