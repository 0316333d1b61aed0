"""The company's work calendar: Monday to Friday, corrected by holidays and worked weekends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from shared.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Calendar:
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]
    sequence: int
    updated_at: datetime

    @classmethod
    def of(cls, *, holidays: Iterable[date], workdays: Iterable[date], sequence: int, at: datetime) -> "Calendar":
        """Put the days in order. Raises Invalid (`day_twice`) for one that is both."""
        free, worked = set(holidays), set(workdays)
        if both := free & worked:
            raise Invalid.at("/workdays", "day_twice", f"{min(both)} cannot be both a holiday and a workday.")
        return cls(tuple(sorted(free)), tuple(sorted(worked)), sequence, at)
