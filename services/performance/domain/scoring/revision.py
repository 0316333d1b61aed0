"""A revision: what a published result would be by what has arrived since, until somebody decides."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.performance.domain.scoring.scorecard import Result, Scorecard, Verdict
from shared.core.access import Principal
from shared.core.errors import Conflict
from shared.core.separation import refuse_own

RevisionState = Literal["proposed", "approved", "rejected", "withdrawn"]
Decision = Literal["approved", "rejected"]


@dataclass(frozen=True, slots=True)
class RevisedLine:
    """A line of the scorecard that comes out differently; None where there is no number."""

    key: str
    segment: int
    previous_actual: Decimal | None
    actual: Decimal | None
    previous_points: Decimal | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Revision:
    id: UUID
    scorecard_id: UUID
    cycle_id: UUID
    employee_id: UUID
    department_id: UUID
    state: RevisionState
    previous: Verdict
    """What was computed before."""
    result: Result
    """What is computed now; a calibration of the scorecard stays above either."""
    lines: tuple[RevisedLine, ...]
    input_hash: str
    counted_until: datetime
    """What had arrived by then is in it."""
    reason: str | None
    decided_by: str | None
    """Account or client."""
    sequence: int
    created_at: datetime
    updated_at: datetime

    @property
    def delta(self) -> Decimal | None:
        """By how much the total would move."""
        before, after = self.previous.total, self.result.total
        return None if before is None or after is None else after - before

    @classmethod
    def proposed(
        cls, revision_id: UUID, card: Scorecard, result: Result, *, input_hash: str, at: datetime
    ) -> "Revision":
        return cls(
            id=revision_id,
            scorecard_id=card.id,
            cycle_id=card.cycle_id,
            employee_id=card.employee_id,
            department_id=card.department_id,
            state="proposed",
            previous=Verdict(card.result.total, card.result.grade),
            result=result,
            lines=_lines(card.result, result),
            input_hash=input_hash,
            counted_until=at,
            reason=None,
            decided_by=None,
            sequence=1,
            created_at=at,
            updated_at=at,
        )

    def moved(self, card: Scorecard, result: Result, *, input_hash: str, at: datetime) -> "Revision":
        """Follow what has arrived since; the very same revision where that changes nothing."""
        if self.result == result:
            return self
        again = Revision.proposed(self.id, card, result, input_hash=input_hash, at=at)
        return replace(again, sequence=self.sequence + 1, created_at=self.created_at)

    def withdrawn(self, *, at: datetime) -> "Revision":
        """Take it back: by what is known now the published result is right, or has been left as it is already."""
        return replace(self, state="withdrawn", sequence=self.sequence + 1, updated_at=at)

    def decided(self, decision: Decision, *, by: Principal, reason: str, at: datetime) -> "Revision":
        """Approve or reject. Raises Forbidden (`separation_of_duties`), Conflict (`revision_not_proposed`)."""
        refuse_own(by.employee_id, self.employee_id)
        if self.state != "proposed":
            raise Conflict("revision_not_proposed", f"There is nothing to decide: this revision is {self.state}.")
        return replace(
            self, state=decision, reason=reason, decided_by=by.subject, sequence=self.sequence + 1, updated_at=at
        )


def _lines(before: Result, after: Result) -> tuple[RevisedLine, ...]:
    """Pair the lines of two results: the same segments under the same scheme versions stand behind both."""
    pairs = zip((*before.items, *before.overall), (*after.items, *after.overall), strict=True)
    return tuple(
        RevisedLine(line.key, line.segment, was.actual, line.actual, was.points, line.points)
        for was, line in pairs
        if was != line
    )
