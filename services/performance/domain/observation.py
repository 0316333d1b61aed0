"""Observations on their way into scores: which revision stands, and what its arrival touches."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from shared.core.periods import Period

SubjectKind = Literal["employee", "department", "company"]


@dataclass(frozen=True, slots=True)
class Touch:
    """Where an observation began or ceased to count; for the company, `subject_id` is the tenant."""

    measure: str
    subject_kind: SubjectKind
    subject_id: UUID
    credit_date: date
    cohort_date: date | None = None

    def falls_in(self, period: Period) -> bool:
        """Tell whether either of its dates may credit it to the period."""
        return self.credit_date in period or (self.cohort_date is not None and self.cohort_date in period)
