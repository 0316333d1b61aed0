"""Half-open spans of days `[starts_on, ends_on)` and the calendars that say which of them are worked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.core.errors import Invalid

FOREVER = date.max
"""Stands for an end that is not known yet."""
_SATURDAY = 5


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `starts_on` up to, not including, `ends_on`."""

    starts_on: date
    ends_on: date = FOREVER

    def __post_init__(self) -> None:
        if self.ends_on <= self.starts_on:
            raise Invalid("period_empty", "A period must end after it starts.")

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on

    def overlap(self, other: "Period") -> "Period | None":
        """Give the days both share, or None."""
        starts_on, ends_on = max(self.starts_on, other.starts_on), min(self.ends_on, other.ends_on)
        return Period(starts_on, ends_on) if starts_on < ends_on else None

    def days(self) -> Iterator[date]:
        day = self.starts_on
        while day < self.ends_on:
            yield day
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Monday to Friday, corrected by named `holidays` (not worked) and `workdays` (worked on a weekend)."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    @classmethod
    def of(cls, *, holidays: Iterable[date] = (), workdays: Iterable[date] = ()) -> "WorkCalendar":
        return cls(frozenset(holidays), frozenset(workdays))

    def is_workday(self, day: date) -> bool:
        if day in self.workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def workdays_in(self, period: Period) -> int:
        """Count the worked days of `period`, which must have an end."""
        return sum(map(self.is_workday, period.days()))
