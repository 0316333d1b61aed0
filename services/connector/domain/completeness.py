"""Completeness: a source says how much it has sent up to a day, and is believed where that much has arrived."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shared.core.decimals import plain
from shared.core.errors import Conflict, Violation
from shared.core.periods import FOREVER


@dataclass(frozen=True, slots=True)
class Total:
    count: int = 0
    sum: Decimal = Decimal(0)

    def __add__(self, other: "Total") -> "Total":
        return Total(self.count + other.count, self.sum + other.sum)


@dataclass(frozen=True, slots=True)
class Totals:
    """What has arrived of a measure, each observation in its newest revision; what is retracted is in none."""

    counted: Total = Total()
    quarantined: Total = Total()
    dismissed: Total = Total()

    @property
    def received(self) -> Total:
        return self.counted + self.quarantined + self.dismissed


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What a source says it has sent; None is not compared."""

    count: int | None = None
    sum: Decimal | None = None

    def differences(self, received: Total) -> Iterator[Violation]:
        """Name each total that differs, with both numbers."""
        if self.count is not None and self.count != received.count:
            detail = f"The source counts {self.count}; {received.count} have arrived."
            yield Violation("/count", "control_count_differs", detail)
        if self.sum is not None and self.sum != received.sum:
            detail = f"The source sums up to {plain(self.sum)}; {plain(received.sum)} has arrived."
            yield Violation("/sum", "control_sum_differs", detail)


def refuse_difference(control: ControlTotals, totals: Totals) -> None:
    """Raise Conflict (`control_totals_differ`) where something is missing or too much."""
    if differences := list(control.differences(totals.received)):
        waiting = f"{totals.quarantined.count} of them wait in quarantine"
        detail = f"What has arrived is not what the source says it has sent ({waiting}); nothing was declared."
        raise Conflict("control_totals_differ", detail, violations=differences)


@dataclass(frozen=True, slots=True)
class Watermark:
    """A connection has delivered everything it has for a measure up to and including a day."""

    connection_id: UUID
    measure: str
    complete_through: date
    declared_at: datetime
    ended: bool = False
    """Whether nothing comes after that day either."""

    @property
    def through(self) -> date:
        """The last day of which nothing more is to come."""
        return FOREVER if self.ended else self.complete_through


def refuse_going_on(later: Total) -> None:
    """Raise Conflict (`source_goes_on`) where something has arrived of days after the last."""
    if later.count:
        raise Conflict(
            "source_goes_on", f"{later.count} observations of later days have arrived; nothing was declared."
        )


def refuse_ended(through: date | None) -> None:
    """Raise Conflict (`source_ended`) for a source that has said that nothing more comes."""
    if through == FOREVER:
        raise Conflict("source_ended", "It has declared that nothing more comes of this measure.")
