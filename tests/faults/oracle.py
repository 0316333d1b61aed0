"""What scorecards must show, recomputed in fractions from the ledger alone, without a line of the engine."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.faults.ledger import RecordId, Said
from tests.oracle import rules as reference

Json = dict[str, Any]
Standing = Mapping[RecordId, tuple[Said, Mapping[str, Fraction]]]
"""By record what counts of it: what was said, and each employee's exact part."""
_METRICS: Mapping[str, tuple[str, ...]] = {
    "sales": ("order.amount",),
    "conversion": ("lead.won", "lead.created"),
    "calls": ("call.minutes",),
    "overdue": ("loan.overdue_amount",),
}
"""The measures behind each metric; two are numerator and denominator, the first credited by its cohort's day."""
_LOWER = frozenset({"overdue"})
_RATES = frozenset({"conversion"})
_FRIDAY = 5
_GRADES = ((90, "excellent"), (80, "good"), (60, "fair"))
_ACTUAL_PLACES, _POINTS_PLACES, _TOTAL_PLACES = 10, 6, 2


@dataclass(frozen=True, slots=True)
class Line:
    """One item: None where there is no number yet."""

    key: str
    weight: int
    target: Fraction
    actual: Fraction | None
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class Expected:
    total: Fraction | None
    grade: str | None
    lines: tuple[Line, ...]


class Sums:
    """What everybody's observations add up to in a period `[first, beyond)`, by employee and measure."""

    def __init__(self, standing: Standing, *, first: date, beyond: date, joined: Mapping[str, date]) -> None:
        self._sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for said, parts in standing.values():
            day = said.cohort if said.measure == "lead.won" else said.day
            if day is not None and first <= day < beyond:
                for employee_id, part in parts.items():
                    if day < joined.get(employee_id, first):
                        continue
                    self._sums[employee_id, said.measure] += part

    def actual(self, employee_id: str, metric: str) -> Fraction | None:
        """Give a metric's actual to 10 places; None while nothing has come, or there is nothing to divide by."""
        numerator, *denominator = (self._sums.get((employee_id, measure)) for measure in _METRICS[metric])
        over = denominator[0] if denominator else Fraction(1)
        return None if numerator is None or not over else reference.half_up(numerator / over, _ACTUAL_PLACES)


def expected_card(
    document: Json, *, actual: Callable[[str], Fraction | None], targets: Mapping[str, Fraction], share: Fraction
) -> Expected:
    """Score one person under a scheme's document, given the actual and the own target of each metric.

    `share` is that of the cycle's workdays on which the person was there.
    """
    lines = tuple(
        _line(item, actual(item["metric"]), targets.get(item["metric"]), share=share) for item in document["items"]
    )
    scored = [(line.points, line.weight) for line in lines if line.points is not None]
    if not scored:
        return Expected(None, None, lines)
    total = reference.half_up(max(reference.total(scored), Fraction(0)), _TOTAL_PLACES)
    return Expected(total, _grade(total) if len(scored) == len(lines) else None, lines)


def workdays(first: date, beyond: date) -> int:
    """Count Mondays to Fridays."""
    days = (first + timedelta(days=number) for number in range((beyond - first).days))
    return sum(day.isoweekday() <= _FRIDAY for day in days)


def _line(item: Json, actual: Fraction | None, own_target: Fraction | None, *, share: Fraction) -> Line:
    target = Fraction(item["default_target"]) if own_target is None else own_target
    points = None
    if actual is not None:
        asked_for = Fraction(1) if item["metric"] in _RATES else share
        case = reference.Case(actual, target, Fraction(100), item["metric"] in _LOWER, asked_for)
        points = reference.half_up(reference.points(item["rule"], case), _POINTS_PLACES)
    return Line(item["key"], item["weight"], target, actual, points)


def _grade(total: Fraction) -> str:
    return next((grade for least, grade in _GRADES if total >= least), "poor")
