"""Which days of leave take a person's workdays out of a cycle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.core.errors import Violation
from shared.core.periods import Period, WorkCalendar


@dataclass(frozen=True, slots=True)
class Leave:
    """Days away, of a kind that the company names."""

    kind: str
    period: Period


@dataclass(frozen=True, slots=True)
class LeavePolicy:
    """Leave of these kinds is not eligible, where it lasts for so many workdays on end; other leave changes nothing."""

    kinds: tuple[str, ...] = ("maternity", "paternity", "parental", "sick", "unpaid")
    minimum_workdays: int = 10
    """Two weeks: a cold and a day off ask for no smaller target."""

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "LeavePolicy":
        return cls(tuple(document["kinds"]), document["minimum_workdays"])

    def to_document(self) -> dict[str, Any]:
        return {"kinds": list(self.kinds), "minimum_workdays": self.minimum_workdays}

    def violations(self, pointer: str) -> Iterator[Violation]:
        if self.minimum_workdays < 1:
            yield Violation(f"{pointer}/minimum_workdays", "threshold_negative", "Leave lasts for a workday at least.")

    def absences(self, leaves: Sequence[Leave], calendar: WorkCalendar) -> tuple[Period, ...]:
        """Give the days that are not eligible, in order; leaves with no workday between them last together."""
        joined: list[Period] = []
        for period in sorted(leave.period for leave in leaves if leave.kind in self.kinds):
            if joined and _follows(joined[-1], period, calendar):
                before = joined.pop()
                joined.append(Period(before.starts_on, max(before.ends_on, period.ends_on)))
            else:
                joined.append(period)
        return tuple(each for each in joined if calendar.workdays_in(each) >= self.minimum_workdays)


def _follows(before: Period, period: Period, calendar: WorkCalendar) -> bool:
    if period.starts_on <= before.ends_on:
        return True
    return not calendar.workdays_in(Period(before.ends_on, period.starts_on))


STANDARD = LeavePolicy()
