"""Exchange rates: what one of `base` is worth in `quote` from a day on.

A rate holds until the next one of its pair, for `VALID_DAYS` at most. Only the pair as stated is used: never its
inverse, which may have no end as a decimal, and never the way through a third currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.performance.domain.document import refuse_all
from services.performance.domain.schemes.currency import MetricCurrency
from shared.core.errors import Violation
from shared.core.periods import Period

VALID_DAYS = 10
"""Long enough for the longest holidays without a rate, too short for one that was forgotten."""


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """`rate` has at most 10 places; None withdraws what was said of the day."""

    base: str
    quote: str
    day: date
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Pricing:
    """How a side's amounts are brought to one currency; without `currency` they are only held to be of one."""

    currency: MetricCurrency | None
    fixed_on: date
    """The day whose rate counts for all where the conversion is fixed."""


def refuse_unusable(rates: Sequence[ExchangeRate]) -> None:
    """Raise Invalid (`rate_of_itself`, `rate_not_positive`, `rate_duplicate`) naming every wrong place."""
    seen: set[tuple[str, str, date]] = set()
    violations: list[Violation] = []
    for at, rate in enumerate(rates):
        place, key = f"/items/{at}", (rate.base, rate.quote, rate.day)
        if rate.base == rate.quote:
            violations.append(Violation(f"{place}/quote", "rate_of_itself", "Name two currencies."))
        if rate.rate is not None and rate.rate <= 0:
            violations.append(Violation(f"{place}/rate", "rate_not_positive", "A rate is above zero."))
        if key in seen:
            violations.append(Violation(place, "rate_duplicate", "This pair has a rate of this day above."))
        seen.add(key)
    refuse_all(violations)


def days_touched(rates: Sequence[ExchangeRate]) -> Period:
    """Give the days whose amounts may be worth something else now, of at least one rate."""
    days = [rate.day for rate in rates]
    return Period(min(days), max(days) + timedelta(days=VALID_DAYS))
