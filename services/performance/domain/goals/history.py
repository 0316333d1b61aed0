"""What a person reached before, laid beside a cycle: the same days of the three years before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from services.performance.domain.goals.cascade import RATE_PLACES
from services.performance.domain.goals.target_proposal import HISTORY_YEARS, PastYear
from shared.core.decimals import round_half_up
from shared.core.periods import Period

_SPANS: Mapping[int, str] = {3: "Q", 6: "H"}
"""Months of a span that has a name within its year."""
_YEAR_MONTHS = 12


@dataclass(frozen=True, slots=True)
class PastResult:
    """What was reached of one metric in one past period, and what was to be, where that is known."""

    period: Period
    actual: Decimal
    target: Decimal | None = None


def history_beside(cycle: Period, results: Sequence[PastResult], *, cumulative: bool) -> tuple[PastYear, ...]:
    """Give up to three years, oldest first; a year without results is left out.

    Results inside a year's window count; where there are none, those that overlap it count by their share of days. Of
    results that share days only the one with more of the window does, and of two with as many the later.
    """
    windows = [_years_before(cycle, years) for years in range(HISTORY_YEARS, 0, -1)]
    years = [_year(window, results, cumulative=cumulative) for window in windows]
    return tuple(year for year in years if year is not None)


def years_beside(cycle: Period) -> Period:
    """Give the days that hold the history of a cycle."""
    return Period(_years_before(cycle, HISTORY_YEARS).starts_on, _years_before(cycle, 1).ends_on)


def summed(histories: Sequence[Sequence[PastYear]]) -> tuple[PastYear, ...]:
    """Add up people's histories year by year, for what stands above them."""
    totals: dict[str, PastYear] = {}
    for year in (year for history in histories for year in history):
        before = totals.get(year.label, PastYear(year.label, Decimal(0), Decimal(0)))
        known = None if before.target is None or year.target is None else before.target + year.target
        totals[year.label] = PastYear(year.label, before.value + year.value, known)
    return tuple(totals[label] for label in sorted(totals))


def label_of(period: Period) -> str:
    """Name a period as people do: `2024`, `2024 H1`, `2024 Q3`, else by its days."""
    start, months = period.starts_on, _whole_months(period)
    if months == _YEAR_MONTHS and start.month == 1:
        return str(start.year)
    if months in _SPANS and (start.month - 1) % months == 0:
        return f"{start.year} {_SPANS[months]}{(start.month - 1) // months + 1}"
    return f"{start} – {period.ends_on}"


def _year(window: Period, results: Sequence[PastResult], *, cumulative: bool) -> PastYear | None:
    overlapping = [(result, days) for result in results if (days := result.period.overlap(window))]
    found = _apart([(result, days) for result, days in overlapping if days == result.period] or overlapping)
    if not found:
        return None
    shares = [(_days(days), _days(result.period)) for result, days in found]
    targets = [result.target for result, _ in found if result.target is not None]
    return PastYear(
        label_of(window),
        _together([result.actual for result, _ in found], shares, cumulative=cumulative),
        _together(targets, shares, cumulative=cumulative) if len(targets) == len(found) else None,
    )


def _apart(found: Sequence[tuple[PastResult, Period]]) -> Sequence[tuple[PastResult, Period]]:
    """Leave out what tells of days that another result tells of: a half-year may be known by quarters as well."""
    taken: list[tuple[PastResult, Period]] = []
    for result, days in sorted(found, key=lambda each: (_days(each[1]), each[0].period), reverse=True):
        if not any(days.overlap(others) for _, others in taken):
            taken.append((result, days))
    return taken


def _together(values: Sequence[Decimal], shares: Sequence[tuple[int, int]], *, cumulative: bool) -> Decimal:
    """Add values up by their days inside of their own, or take their mean by days."""
    weighed = [(Fraction(value), part, whole) for value, (part, whole) in zip(values, shares, strict=True)]
    if cumulative:
        total = sum((value * part / whole for value, part, whole in weighed), Fraction(0))
    else:
        total = sum((value * part for value, part, _ in weighed), Fraction(0)) / sum(part for _, part, _ in weighed)
    return round_half_up(total, RATE_PLACES).normalize()


def _years_before(period: Period, years: int) -> Period:
    starts_on, ends_on = (_year_shifted(day, -years) for day in (period.starts_on, period.ends_on))
    return Period(starts_on, max(ends_on, starts_on + timedelta(days=1)))


def _year_shifted(day: date, years: int) -> date:
    """Keep month and day; 29 February becomes 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _whole_months(period: Period) -> int:
    """Count calendar months, 0 where the period is not made of whole ones."""
    start, end = period.starts_on, period.ends_on
    if start.day != 1 or end.day != 1:
        return 0
    return (end.year - start.year) * _YEAR_MONTHS + end.month - start.month


def _days(period: Period) -> int:
    return (period.ends_on - period.starts_on).days
