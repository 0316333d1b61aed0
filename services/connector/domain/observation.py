"""Observations: the newest revision of each record of a source decides, in whatever order messages arrive.

Tuples rather than frozen dataclasses, like everything of which a batch makes thousands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

from services.connector.domain.identity import Directory, Subject, Unresolved
from services.connector.domain.statement import Facts, Statement
from shared.core.errors import Conflict, Violation

Status = Literal["counted", "quarantined", "dismissed", "retracted"]
FateStatus = Literal["accepted", "replaced", "duplicate", "ignored", "quarantined", "rejected"]
REASONS: Mapping[Unresolved, str] = {
    "identity_unknown": "Nobody is known by this reference; a link or a new employee releases the item.",
    "identity_ambiguous": "Several people carry this work number; a link that names one releases the item.",
    "department_unknown": "No department is known by this reference; it is released when there is one.",
}


class Arrival(NamedTuple):
    """One message of a source about one of its records; without a statement it can only retract."""

    remote_id: str
    revision: int
    statement: Statement | None
    retracted: bool = False
    payload: str = "{}"
    """The message as it was sent, in JSON."""


class Observation(NamedTuple):
    """What counts of a record now; `decision` counts what was ever decided about it and orders its events."""

    id: UUID
    connection_id: UUID
    remote_id: str
    revision: int
    decision: int
    status: Status
    facts: Facts | None
    late: bool
    """It arrived after its source had declared the day complete."""
    payload: str
    received_at: datetime
    updated_at: datetime
    dismissed_by: str | None = None
    dismissal_reason: str | None = None

    def parts(self) -> Mapping[Subject, Decimal]:
        """Give what counts, by subject: nothing of what is retracted, quarantined or dismissed."""
        return self.facts.parts() if self.facts is not None and self.status == "counted" else {}

    def repeats(self, arrival: Arrival) -> bool:
        """Tell whether a message of the same revision says what is known: a retraction says one thing only."""
        if arrival.retracted or self.status == "retracted":
            return arrival.retracted and self.status == "retracted"
        return arrival.statement is not None and self.facts is not None and self.facts.matches(arrival.statement)

    def looked_up(self, directory: Directory, *, at: datetime) -> "Observation":
        """Decide anew whom it credits; gives itself where that is the same as before."""
        facts = self.facts and self.facts.looked_up(directory)
        if facts is self.facts:
            return self
        status = _standing(facts, retracted=False)
        return self._replace(facts=facts, status=status, decision=self.decision + 1, updated_at=at)

    def dismissed(self, *, by: str, reason: str, at: datetime) -> "Observation":
        """Decide that a quarantined observation shall never count. Raises Conflict (`not_quarantined`)."""
        if self.status != "quarantined":
            raise Conflict("not_quarantined", "Only what waits in quarantine can be dismissed.")
        return self._replace(
            status="dismissed",
            decision=self.decision + 1,
            dismissed_by=by,
            dismissal_reason=reason,
            updated_at=at,
        )


class Fate(NamedTuple):
    """What became of one message, and the observation it is about."""

    status: FateStatus
    observation: Observation | None = None
    violation: Violation | None = None
    corrects: bool = False
    """It took the place of an earlier revision, and is no retraction."""


class Change(NamedTuple):
    """An observation before (None for a new record) and after, and the states in between that never were stored."""

    before: Observation | None
    after: Observation
    between: tuple[Observation, ...] = ()

    @property
    def past(self) -> Sequence[Observation]:
        """The states that no longer hold, oldest first."""
        return self.between if self.before is None else (self.before, *self.between)


class Course(NamedTuple):
    """The fates of all messages about one record, and what they changed together."""

    fates: Sequence[Fate]
    change: Change | None


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides the fate of messages by everything that lies outside of them."""

    connection_id: UUID
    directory: Directory
    watermarks: Mapping[str, date]
    """For each measure the last day its source has declared complete."""
    zone: str
    at: datetime
    new_id: Callable[[], UUID]

    def follow(self, current: Observation | None, arrivals: Sequence[Arrival]) -> Course:
        """Take the messages about one record in their order."""
        fates: list[Fate] = []
        states: list[Observation] = []
        latest = current
        for arrival in arrivals:
            fate = self.decide(latest, arrival)
            fates.append(fate)
            if fate.observation is not None and fate.observation is not latest:
                latest = fate.observation
                states.append(latest)
        return Course(fates, Change(current, states[-1], tuple(states[:-1])) if states else None)

    def decide(self, current: Observation | None, arrival: Arrival) -> Fate:
        """Let a higher revision replace, ignore a lower one, and know the same again."""
        if current is None or arrival.revision > current.revision:
            return self._accept(current, arrival)
        if arrival.revision < current.revision:
            return Fate("ignored", current)
        if current.repeats(arrival):
            return Fate("duplicate", current)
        detail = f"Revision {arrival.revision} of this record said something else; raise the revision to correct it."
        return Fate("rejected", current, Violation("/revision", "revision_conflict", detail))

    def _accept(self, current: Observation | None, arrival: Arrival) -> Fate:
        facts = arrival.statement.facts(self.directory, zone=self.zone) if arrival.statement else None
        facts = facts or (current.facts if current else None)
        observation = Observation(
            id=current.id if current else self.new_id(),
            connection_id=self.connection_id,
            remote_id=arrival.remote_id,
            revision=arrival.revision,
            decision=current.decision + 1 if current else 1,
            status=_standing(facts, retracted=arrival.retracted),
            facts=facts,
            late=facts is not None and facts.credit_date <= self.watermarks.get(facts.measure, date.min),
            payload=arrival.payload,
            received_at=self.at,
            updated_at=self.at,
        )
        corrects = current is not None and not arrival.retracted
        if observation.status == "quarantined":
            return Fate("quarantined", observation, _obstacle(observation), corrects)
        return Fate("replaced" if current else "accepted", observation, None, corrects)


def _standing(facts: Facts | None, *, retracted: bool) -> Status:
    """Tell whether facts count: not while somebody they credit is unknown."""
    if retracted or facts is None:
        return "retracted"
    return "counted" if facts.unsettled() is None else "quarantined"


def _obstacle(observation: Observation) -> Violation | None:
    """Say where in its message a quarantined observation names somebody unknown."""
    credit = observation.facts.unsettled() if observation.facts else None
    if credit is None or isinstance(credit.resolved, Subject):
        return None
    return Violation(credit.reference.place, credit.resolved, REASONS[credit.resolved])
