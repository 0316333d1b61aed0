"""What amounts in several currencies come to, in fractions, written from docs/scoring.md alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from tests.oracle.rules import half_up

Answer = Fraction | Literal["rate_missing", "currency_mixed", "currency_missing", "value_out_of_range"]
VALID = timedelta(days=10)


@dataclass(frozen=True)
class Amount:
    value: Fraction
    currency: str | None
    day: date


Rates = Mapping[tuple[str, str, date], Fraction]
"""By base, quote and day."""


def rate(rates: Rates, base: str, quote: str, on: date) -> Fraction | None:
    """Give the newest rate of the ten days that end with `on`."""
    if base == quote:
        return Fraction(1)
    for back in range(VALID.days):
        found = rates.get((base, quote, on - timedelta(days=back)))
        if found is not None:
            return found
    return None


def actual(
    aggregation: str, amounts: Sequence[Amount], rates: Rates, *, currency: str | None, fixed_on: date | None = None
) -> Answer:
    """Aggregate at least one amount, in order of time; `fixed_on` is the day of a fixed conversion."""
    if currency is None:
        if len({amount.currency for amount in amounts}) > 1:
            return "currency_mixed"
        return _stored(_aggregate(aggregation, [amount.value for amount in amounts]))
    if any(amount.currency is None for amount in amounts):
        return "currency_missing"
    found = [rate(rates, amount.currency or "", currency, fixed_on or amount.day) for amount in amounts]
    if None in found:
        return "rate_missing"
    values = [amount.value * (each or 0) for amount, each in zip(amounts, found, strict=True)]
    return _stored(_aggregate(aggregation, values))


def _stored(value: Fraction) -> Answer:
    stored = half_up(value, 10)
    return stored if abs(stored) < 10**15 else "value_out_of_range"


def _aggregate(aggregation: str, values: Sequence[Fraction]) -> Fraction:
    whole = sum(values, Fraction(0))
    found = {"sum": whole, "mean": whole / len(values), "max": max(values), "min": min(values), "last": values[-1]}
    return found[aggregation]
