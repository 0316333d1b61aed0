"""Which sources of which metrics are stale in a cycle, and since when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.performance.domain.schemes.metric import Metric
from shared.core.periods import Period, WorkCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SourceAge:
    """The newest day of which a source has told of a measure, by an observation or by declaring itself complete."""

    source: str
    measure: str
    newest_on: date


@dataclass(frozen=True, slots=True)
class StaleSource:
    metric: str
    source: str
    measure: str
    newest_on: date
    stale_since: date
    """The first workday on which its newest data was too old."""

    @property
    def feed(self) -> tuple[str, str, str]:
        """What is stale, however old it is."""
        return (self.metric, self.source, self.measure)


def stale_sources(
    metrics: Iterable[Metric], ages: Sequence[SourceAge], *, cycle: Period, today: date, calendar: WorkCalendar
) -> Iterator[StaleSource]:
    """Find what is stale today; once the cycle is over, on its last day: nothing newer is expected."""
    until = min(today, cycle.ends_on - _DAY)
    for metric in metrics:
        for age in ages:
            if metric.freshness is None or age.measure not in metric.measures:
                continue
            allowed = metric.freshness.max_age_of(age.source)
            since = stale_since(age.newest_on, allowed, until=until, calendar=calendar)
            if since is not None:
                yield StaleSource(metric.key, age.source, age.measure, age.newest_on, since)


def stale_since(newest_on: date, allowed: int, *, until: date, calendar: WorkCalendar) -> date | None:
    """Give the workday after the `allowed` ones that follow `newest_on`; None where that is after `until`."""
    day, left = newest_on, allowed
    while day < until:
        day += _DAY
        if calendar.is_workday(day):
            if not left:
                return day
            left -= 1
    return None
