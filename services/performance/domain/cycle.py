"""An assessment cycle: its period, its phases in order, and its policies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from services.performance.domain.document import refuse_all
from services.performance.domain.goals import cascade
from services.performance.domain.goals.cascade import Cascade
from services.performance.domain.leave import STANDARD, LeavePolicy
from services.performance.domain.organisation import PositionsPolicy
from shared.core.errors import Conflict, Violation
from shared.core.periods import FOREVER, Period

Phase = Literal["planning", "running", "frozen", "published"]
LatePolicy = Literal["defaulted", "escalated", "blocked"]
FtePolicy = Literal["ignore", "prorate"]
"""Whether what is meant for full-time people is asked of others in proportion to their FTE."""

MOVING: tuple[Phase, ...] = ("planning", "running")
"""Phases in which results move, and plans may be written."""
_DEFAULT_CONFIRMATION = Decimal("0.25")
_DEFAULT_HISTORY_MARK = Decimal("0.3")


@dataclass(frozen=True, slots=True)
class Terms:
    """What HR decides about a cycle."""

    name: str
    period: Period
    plan_due_on: date
    late_policy: LatePolicy = "defaulted"
    confirmation_threshold: Decimal = _DEFAULT_CONFIRMATION
    """A business target that changes by more than this share (0.25 is 25 %) waits for HR's confirmation."""
    history_mark: Decimal = _DEFAULT_HISTORY_MARK
    """A generated target further than this share off its history is marked."""
    growth: Decimal = Decimal(0)
    """What a target generated from history asks for beyond it (0.2 is 20 %)."""
    minimum_workdays: int = 0
    """Whom a scheme scores for fewer workdays is ungraded."""
    leave: LeavePolicy = STANDARD
    fte: FtePolicy = "ignore"
    positions: PositionsPolicy = "allocate"
    cascade: Cascade = cascade.STANDARD

    def __post_init__(self) -> None:
        refuse_all(list(self._violations()))

    def _violations(self) -> list[Violation]:
        found = []
        if self.period.ends_on == FOREVER:
            found.append(Violation("/ends_on", "period_open", "A cycle has an end."))
        if self.plan_due_on >= self.period.ends_on:
            found.append(Violation("/plan_due_on", "plan_due_late", "Plans are due before the cycle ends."))
        if self.confirmation_threshold < 0:
            detail = "A threshold is not negative."
            found.append(Violation("/confirmation_threshold", "threshold_negative", detail))
        if self.history_mark < 0:
            found.append(Violation("/history_mark", "threshold_negative", "A threshold is not negative."))
        if self.minimum_workdays < 0:
            found.append(Violation("/minimum_workdays", "threshold_negative", "A threshold is not negative."))
        found += self.leave.violations("/leave")
        if not -1 < self.growth < 1:
            found.append(Violation("/growth", "growth_absurd", "Growth lies between -1 and 1, both excluded."))
        return found


@dataclass(frozen=True, slots=True)
class Cycle:
    id: UUID
    terms: Terms
    phase: Phase
    sequence: int
    created_at: datetime
    updated_at: datetime
    opened_at: datetime | None = None
    frozen_at: datetime | None = None
    published_at: datetime | None = None

    @property
    def period(self) -> Period:
        return self.terms.period

    @property
    def is_closed(self) -> bool:
        """Whether its results stand still."""
        return self.phase in {"frozen", "published"}

    @classmethod
    def planned(cls, cycle_id: UUID, terms: Terms, *, at: datetime) -> "Cycle":
        return cls(cycle_id, terms, "planning", sequence=1, created_at=at, updated_at=at)

    def replanned(self, terms: Terms, *, at: datetime) -> "Cycle":
        """Have other terms, before it is opened."""
        return replace(self, terms=terms, sequence=self.sequence + 1, updated_at=at)

    def waits_for(self, open_plans: int) -> bool:
        """Tell whether the cycle may not run before these plans are approved."""
        return open_plans > 0 and self.terms.late_policy == "blocked"

    def started(self, *, open_plans: int, at: datetime) -> "Cycle":
        """Let data count. Raises Conflict (`plans_open`) where the cycle waits for every department."""
        if self.waits_for(open_plans):
            raise Conflict("plans_open", f"{open_plans} plans are not approved, and this cycle waits for them.")
        return replace(self._moved("planning", "running", at=at), opened_at=at)

    def frozen(self, *, at: datetime) -> "Cycle":
        """Stop scores from moving, so that they can be reviewed."""
        return replace(self._moved("running", "frozen", at=at), frozen_at=at)

    def published(self, *, at: datetime) -> "Cycle":
        """Make results final; a published cycle never moves again."""
        return replace(self._moved("frozen", "published", at=at), published_at=at)

    def require_plannable(self) -> None:
        """Raise Conflict (`cycle_not_plannable`) where goals can no longer change."""
        if self.phase not in MOVING:
            raise Conflict("cycle_not_plannable", f"Goals cannot change any more: the cycle is {self.phase}.")

    def require_calibratable(self) -> None:
        """Raise Conflict (`cycle_not_calibratable`) while results still move, and once they are final."""
        if self.phase != "frozen":
            raise Conflict("cycle_not_calibratable", f"Only a frozen cycle is calibrated; this one is {self.phase}.")

    def needs_confirmation(self, previous: Decimal | None, value: Decimal) -> bool:
        """Tell whether a business target moved by more than the threshold; a first one needs no confirmation."""
        if previous is None or value == previous:
            return False
        if previous == 0:
            return True
        moved = abs(Fraction(value) - Fraction(previous)) / abs(Fraction(previous))
        return moved > Fraction(self.terms.confirmation_threshold)

    def _moved(self, before: Phase, phase: Phase, *, at: datetime) -> "Cycle":
        if self.phase != before:
            raise Conflict("cycle_phase", f"A cycle that is {self.phase} cannot become {phase}.")
        return replace(self, phase=phase, sequence=self.sequence + 1, updated_at=at)


def refuse_overlap(others: Sequence[Cycle]) -> None:
    """Raise Conflict (`cycle_overlaps`) where another cycle has some of the days."""
    if others:
        raise Conflict("cycle_overlaps", f"It shares days with the cycle “{others[0].terms.name}”.")
