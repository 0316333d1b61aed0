"""Results of finished cycles, kept as the performance history of a person's file."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from services.archive.domain.record import PastComputed, PastMetric, PastPerformance, Record
from shared.core.errors import NotFound
from shared.core.ids import derived_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a scorecard said when it was published or revised; a revision does not repeat the period."""

    scorecard_id: UUID
    employee_id: UUID
    sequence: int
    starts_on: date | None = None
    ends_on: date | None = None
    metrics: tuple[PastMetric, ...] = ()
    total: Decimal | None = None
    grade: str | None = None
    computed: PastComputed | None = None

    @property
    def record_id(self) -> UUID:
        """Derive the record's id, so that every delivery meets the same record."""
        return derived_id("scorecard", self.scorecard_id)

    def record(self, known: Record | None, *, at: datetime) -> Record | None:
        """Give the record as it now is, or None where the known one is as new.

        Raises NotFound (`period_unknown`) for a revision of what was never published here.
        """
        if known is not None and known.sequence >= self.sequence:
            return None
        performance = self._performance(known.performance if known else None)
        if known is not None:
            return replace(known, performance=performance, sequence=self.sequence, updated_at=at)
        return Record(
            id=self.record_id,
            employee_id=self.employee_id,
            kind="performance",
            occurred_on=performance.ends_on - timedelta(days=1),
            title=f"{performance.starts_on}/{performance.ends_on}",
            performance=performance,
            scorecard_id=self.scorecard_id,
            sequence=self.sequence,
            created_at=at,
            updated_at=at,
        )

    def _performance(self, known: PastPerformance | None) -> PastPerformance:
        starts_on = self.starts_on or (known.starts_on if known else None)
        ends_on = self.ends_on or (known.ends_on if known else None)
        if starts_on is None or ends_on is None:
            raise NotFound("period_unknown", "A revision arrived for a scorecard that was never published.")
        return PastPerformance(starts_on, ends_on, self.metrics, self.total, self.grade, self.computed)
