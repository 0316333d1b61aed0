"""What one score run did to one department, summed up over all events that tell of the run."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shared.core.decimals import round_half_up

_SHOWN_PLACES = 2


@dataclass(frozen=True, slots=True)
class Digest:
    run_id: UUID
    department_id: UUID
    changed: int
    """Scorecards that changed; those without a total before or after are not in the sums."""
    before_count: int
    before_sum: Decimal
    after_count: int
    after_sum: Decimal

    @property
    def before(self) -> Decimal | None:
        """The average before the run, to two places."""
        return _average(self.before_sum, self.before_count)

    @property
    def after(self) -> Decimal | None:
        return _average(self.after_sum, self.after_count)

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(
            self.run_id,
            self.department_id,
            self.changed + other.changed,
            self.before_count + other.before_count,
            self.before_sum + other.before_sum,
            self.after_count + other.after_count,
            self.after_sum + other.after_sum,
        )


def digest_of_one(run_id: UUID, department_id: UUID, *, before: Decimal | None, after: Decimal | None) -> Digest:
    """Sum up a single changed scorecard."""
    return Digest(
        run_id,
        department_id,
        changed=1,
        before_count=int(before is not None),
        before_sum=before or Decimal(0),
        after_count=int(after is not None),
        after_sum=after or Decimal(0),
    )


def _average(total: Decimal, count: int) -> Decimal | None:
    return round_half_up(total / count, _SHOWN_PLACES) if count else None
