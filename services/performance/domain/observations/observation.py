"""Observations on their way into scores: which revision stands, and what its arrival touches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.performance.domain.schemes.metric import Level, Side
from shared.core.periods import Period

Fate = Literal[
    "counted", "outranked", "repeated", "no_dimension",
    "retracted", "other_measure", "no_cohort_date", "outside_period", "filtered", "late", "not_in_place",
]  # fmt: skip
"""`not_in_place`: on its day the person was not where the item is scored, or did not work here.

The first row is of what a side takes in: it counts, or another one does, being the largest, smallest or last
(`outranked`) or having the same value of what is counted (`repeated`), or it has no such value (`no_dimension`).
"""


@dataclass(frozen=True, slots=True)
class Touch:
    """Where an observation began or ceased to count; for the company, `subject_id` is the tenant."""

    measure: str
    subject_kind: Level
    subject_id: UUID
    credit_date: date
    cohort_date: date | None = None

    def falls_in(self, period: Period) -> bool:
        """Tell whether either of its dates may credit it to the period."""
        return self.credit_date in period or (self.cohort_date is not None and self.cohort_date in period)


@dataclass(frozen=True, slots=True)
class Observed:
    """One revision of an observation about one subject."""

    observation_id: UUID
    revision: int
    subject_kind: Level
    subject_id: UUID
    measure: str
    credit_date: date
    cohort_date: date | None
    dimensions: Mapping[str, str]
    retracted: bool
    recorded_at: datetime
    superseded_at: datetime | None = None
    """When the next revision took its place; None of the one that stands."""

    def stood(self, at: datetime) -> bool:
        return self.recorded_at <= at and (self.superseded_at is None or self.superseded_at > at)

    def day(self, side: Side) -> date | None:
        """Give the day that credits it to a side of a metric."""
        return self.credit_date if side.credit == "own_date" else self.cohort_date

    def fate(self, side: Side, *, period: Period, until: datetime | None) -> Fate:
        """Say whether a side of a metric takes it in, or why not; `until` is when the cycle's results stood still."""
        day = self.day(side)
        if self.retracted:
            return "retracted"
        if self.measure != side.measure:
            return "other_measure"
        if day is None:
            return "no_cohort_date"
        if day not in period:
            return "outside_period"
        if any(self.dimensions.get(name) not in values for name, values in side.filters.items()):
            return "filtered"
        return "counted" if until is None or self.recorded_at <= until else "late"


def seen_until(revisions: Sequence[Observed], until: datetime | None) -> tuple[Observed, Observed | None]:
    """Give of the revisions in order the one that stood when a result stood still, and what has taken its place since.

    Without `until`, or where none had arrived by then, the first is the one that stands now.
    """
    newest = revisions[-1]
    then = next((each for each in revisions if until is not None and each.stood(until)), newest)
    return then, None if then is newest else newest
