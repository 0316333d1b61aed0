"""What the business wants to reach of a metric, and the share of it that falls into a cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from services.performance.domain.goals.cascade import MONEY_PLACES
from services.performance.domain.goals.target import TargetKey
from shared.core.decimals import places, round_half_up
from shared.core.periods import Period, WorkCalendar


@dataclass(frozen=True, slots=True)
class BusinessTarget:
    id: UUID
    key: TargetKey
    period: Period
    value: Decimal
    currency: str | None = None
    """None for what is no money, or in the metric's own."""

    def is_in(self, currency: str | None) -> bool:
        """Tell whether the value can be taken for one in a metric's currency; None takes all as they are."""
        return currency is None or self.currency in {None, currency}


def wanted_in(
    cycle: Period, targets: Sequence[BusinessTarget], *, calendar: WorkCalendar, cumulative: bool
) -> Decimal | None:
    """Give what business targets of one subject and metric ask of a cycle, or None where none touches it.

    One for exactly the cycle's days stands alone. Else what grows with time is added up, each target by the share of
    its workdays inside the cycle; cycles that follow each other share it to the cent. Of a rate the target that started
    last holds.
    """
    touching = [each for each in targets if each.period.overlap(cycle)]
    exact = [each for each in touching if each.period == cycle]
    if exact:
        return max(exact, key=lambda each: each.id).value
    if not touching:
        return None
    if not cumulative:
        return max(touching, key=lambda each: (each.period, each.id)).value
    return sum((_share(each, cycle, calendar) for each in touching), Decimal(0))


def _share(target: BusinessTarget, cycle: Period, calendar: WorkCalendar) -> Decimal:
    """Give what is due by the end of the cycle less what was due before it, so that cycles sum to the whole."""
    covered = target.period.overlap(cycle)
    if covered is None or covered == target.period:
        return target.value
    return _due(target, covered.ends_on, calendar) - _due(target, covered.starts_on, calendar)


def _due(target: BusinessTarget, day: date, calendar: WorkCalendar) -> Decimal:
    """Give what is to be reached before a day, to the cent, by workdays; by days where none is worked."""
    before = None if day == target.period.starts_on else Period(target.period.starts_on, day)
    gone, whole = (0 if each is None else calendar.workdays_in(each) for each in (before, target.period))
    if not whole:
        gone, whole = ((end - target.period.starts_on).days for end in (day, target.period.ends_on))
    return round_half_up(Fraction(target.value) * gone / whole, max(MONEY_PLACES, places(target.value)))
