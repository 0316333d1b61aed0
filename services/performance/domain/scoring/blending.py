"""A target that changed within the cycle: the mean of its values over the days on which each of them held."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from services.performance.domain.schemes.metric import Metric
from services.performance.domain.scoring.proration import Asked, Prorating
from services.performance.domain.scoring.timeline import WHOLE, Stretch
from shared.core.decimals import round_half_up
from shared.core.periods import Period

BLENDED_PLACES = 10
"""A blended target is a number of its own, kept to as many places as an actual, half up."""


class Blend(NamedTuple):
    value: Decimal
    scale: Fraction
    """What makes it one of a whole cycle by the proration."""


def blended(
    metric: Metric,
    asked: Asked,
    stretch: Stretch,
    *,
    days: Sequence[Period],
    count: Callable[[Period], int],
    prorating: Prorating,
) -> Blend:
    """Blend what is asked in a stretch, which is made of `days`, by the workdays that `count` finds in each part."""
    counted = ((part, count(span)) for period in days for part, span in _held(asked, period))
    held = [(part, workdays) for part, workdays in counted if workdays]
    scales = {part: prorating.of(metric, stretch, part).scale for part, _ in held}
    total = sum(workdays for _, workdays in held)
    if not held:
        return Blend(asked.value, prorating.of(metric, stretch, asked).scale)
    alike = len(set(scales.values())) == 1
    values = ((Fraction(part.value) * (1 if alike else scales[part]), workdays) for part, workdays in held)
    mean = sum((value * workdays for value, workdays in values), Fraction(0)) / total
    return Blend(round_half_up(mean, BLENDED_PLACES), next(iter(scales.values())) if alike else WHOLE)


def _held(asked: Asked, period: Period) -> Iterator[tuple[Asked, Period]]:
    """Tell what held in which part of some days."""
    day = period.starts_on
    for held in asked.earlier:
        if held.until > day:
            ends_on = min(held.until, period.ends_on)
            yield Asked(held.value, held.meant_for, held.workdays), Period(day, ends_on)
            if ends_on == period.ends_on:
                return
            day = ends_on
    yield asked._replace(earlier=()), Period(day, period.ends_on)
