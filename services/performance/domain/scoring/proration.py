"""How much of what a whole cycle asks for is asked of somebody in a stretch of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from services.performance.domain.cycle import FtePolicy
from services.performance.domain.goals.target import Held, MeantFor
from services.performance.domain.schemes.metric import Level, Metric
from services.performance.domain.scoring.timeline import WHOLE, Stretch, share_of


class Asked(NamedTuple):
    """A subject's target for a metric."""

    value: Decimal
    meant_for: MeantFor = "full_time"
    workdays: Fraction | None = None
    """How many full-time workdays it is meant for, where it was divided by them."""
    earlier: tuple[Held, ...] = ()
    """What held before, within the cycle."""


@dataclass(frozen=True, slots=True)
class Proration:
    """`days` multiplies all places on the axis, those relative to the target after `scale` has multiplied it."""

    days: Fraction
    scale: Fraction = WHOLE


@dataclass(frozen=True, slots=True)
class Prorating:
    """By what a cycle prorates."""

    workdays: int
    """Of the whole cycle, by the calendar."""
    fte: FtePolicy = "ignore"

    def of(self, metric: Metric, stretch: Stretch, asked: Asked | None) -> Proration:
        """Prorate by eligible workdays, and by FTE where the cycle says so and the target is not the person's own.

        A target that was divided by workdays is asked for in proportion to those. What counts above people goes on
        while one of them is away. Who gives no hours is asked for by workdays alone.
        """
        if metric.level != "employee":
            return _by_days(stretch.calendar_workdays, self.workdays)
        full = self.fte == "ignore" or stretch.fte == 1
        if not stretch.fte or (full and (asked is None or asked.workdays is None)):
            return _by_days(stretch.workdays, self.workdays)
        given = stretch.workdays * stretch.fte
        reduces = self.fte == "prorate" and stretch.fte != 1 and metric.cumulative
        days = share_of(given if reduces else stretch.workdays, self.workdays)
        if asked is None or not metric.cumulative or not stretch.workdays or not self.workdays:
            return Proration(days)
        if asked.workdays:
            return Proration(days, given / asked.workdays / days)
        return Proration(days, 1 / stretch.fte if reduces and asked.meant_for == "person" else WHOLE)


@lru_cache(maxsize=1024)
def _by_days(days: int, whole: int) -> Proration:
    """Prorate as most people are."""
    return Proration(share_of(days, whole))


def share_within(counting: Sequence[Stretch], own: Sequence[Stretch], level: Level) -> Fraction:
    """Give the share that `own` have of somebody's days, those of stretches in which something applies."""
    if len(counting) == 1:
        return WHOLE
    if level == "employee":
        return share_of(sum(each.allotted_workdays for each in own), sum(each.allotted_workdays for each in counting))
    mine, everywhere = (sum(each.allotted(each.calendar_workdays) for each in days) for days in (own, counting))
    return share_of(mine, everywhere)
