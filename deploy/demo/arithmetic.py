"""Every score once more, in fractions, from what the demo itself sent, filed and set; nothing of the engine is used."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from deploy.demo.business import CRM_CODES, ENDS_ON, STARTS_ON, Feed
from deploy.demo.chapters.founding import HOLIDAYS_2026, WORKDAYS_2026
from deploy.demo.company import Company, Person, Stint
from deploy.demo.staff import MINIMUM_WORKDAYS, rated_on

Targets = Mapping[tuple[str, str], Fraction]
"""Of the half-year, by person's key and metric."""
_SCHEMES: Mapping[str, str] = {"seller": "sales", "telesales": "telesales", "risk_officer": "risk"}
"""By position; everybody else is under the common one."""
_WEIGHTS: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("SALES", "sales"): {"sales": 50, "conversion": 40, "teamwork": 10},
    ("TELE", "telesales"): {"call_minutes": 70, "teamwork": 30},
    ("RISK", "risk"): {"overdue": 80, "teamwork": 20},
    ("TECH", "common"): {"quality": 70, "teamwork": 30},
}
"""In percent, as they hold at the end, by department and scheme."""
_COMMON_WEIGHTS = {"quality": 60, "teamwork": 40}
_MEASURES = {"call_minutes": "call.minutes", "overdue": "loan.overdue_amount", "sales": "order.amount"}
_GRADES = ((90, "excellent"), (80, "good"), (60, "fair"), (0, "poor"))
_FRIDAY = 5
_CURVES: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "call_minutes": lambda a, t: min(Fraction(110), 100 * a / t),
    "overdue": lambda a, t: min(Fraction(120), max(Fraction(0), 100 * (2 - a / t))),
    "sales": lambda a, t: min(Fraction(100), 60 + 2 * Fraction(floor((a - t) / 100_000))) if a >= t else 60 * a / t,
    "conversion": lambda a, t: min(Fraction(100), 100 * a / t),
    "teamwork": lambda a, _: a,
    "quality": lambda a, _: a,
}


@dataclass(frozen=True, slots=True)
class Part:
    """Days that are scored together, and their weighted points."""

    stint: Stint
    workdays: int
    points: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    parts: tuple[Part, ...]

    @property
    def verdict(self) -> tuple[str | None, str | None]:
        """Give total and grade; none below the least number of workdays."""
        days = sum(part.workdays * part.stint.part for part in self.parts)
        if days < MINIMUM_WORKDAYS:
            return None, None
        earned = sum((part.points * part.workdays * part.stint.part for part in self.parts), Fraction(0))
        total = _rounded(earned / days, 2)
        return f"{float(total):.2f}", next(name for edge, name in _GRADES if total >= edge)


class Arithmetic:
    def __init__(self, company: Company, feeds: Iterable[Feed], targets: Targets) -> None:
        self._company = company
        self._targets = targets
        self._said = _said(company, feeds)

    def score(self, person: Person) -> Score:
        """Score the person's days in the half-year, one part after the other."""
        return Score(tuple(self._part(person, stint) for stint in _within_the_half_year(self._company, person)))

    def _part(self, person: Person, stint: Stint) -> Part:
        scheme = _SCHEMES.get(stint.position, "common")
        weights = _WEIGHTS.get((stint.department, scheme), _COMMON_WEIGHTS)
        days = _workdays(stint.starts_on, stint.ends_on)
        share = Fraction(days, _workdays(STARTS_ON, ENDS_ON))
        points = {metric: self._points(person, metric, stint, share) for metric in weights}
        return Part(stint, days, sum((points[metric] * weights[metric] / 100 for metric in weights), Fraction(0)))

    def _points(self, person: Person, metric: str, stint: Stint, share: Fraction) -> Fraction:
        if metric in _MEASURES:
            actual, target = self._sum(person, _MEASURES[metric], stint), self._targets[person.key, metric] * share
        elif metric == "conversion":
            won, created = (self._sum(person, measure, stint) for measure in ("lead.won", "lead.created"))
            actual, target = _rounded(won / created, 10), Fraction("0.20")
        else:
            actual, target = _rounded(self._rating(person, metric, stint), 10), Fraction(0)
        return _rounded(_CURVES[metric](actual, target), 6)

    def _sum(self, person: Person, measure: str, stint: Stint) -> Fraction:
        days = self._said[person.key, measure]
        return sum((value for day, value in days if stint.starts_on <= day < stint.ends_on), Fraction(0))

    def _rating(self, person: Person, metric: str, stint: Stint) -> Fraction:
        given = [
            Fraction(rating)
            for day in rated_on(person.key)
            if stint.starts_on <= day < stint.ends_on
            for rating in self._company.ratings_of(person, metric, day)
        ]
        return sum(given, Fraction(0)) / len(given)


def _said(company: Company, feeds: Iterable[Feed]) -> Mapping[tuple[str, str], list[tuple[date, Fraction]]]:
    """List what the systems say in the end, by person and measure, each on the day that counts."""
    keys = {code: key for key, code in CRM_CODES.items()} | {
        person.work_number: person.key for person in company.everybody
    }
    found = defaultdict(list)
    for feed in feeds:
        for item in {item["id"]: item for item in (*feed.items, *feed.corrections)}.values():
            day = date.fromisoformat(item.get("cohort_date") or item["occurred_at"][:10])
            found[keys[item["employee"]["ref"]], item["measure"]].append((day, Fraction(item["value"])))
    return found


def _within_the_half_year(company: Company, person: Person) -> Iterable[Stint]:
    for stint in company.stints_of(person):
        first, beyond = max(stint.starts_on, STARTS_ON), min(stint.ends_on, ENDS_ON)
        if first < beyond:
            yield replace(stint, starts_on=first, ends_on=beyond)


def _workdays(starts_on: date, ends_on: date) -> int:
    days = (starts_on + timedelta(days=number) for number in range((ends_on - starts_on).days))
    return sum(map(_is_workday, days))


def _is_workday(day: date) -> bool:
    named = day.isoformat()
    return named in WORKDAYS_2026 or (day.weekday() < _FRIDAY and named not in HOLIDAYS_2026)


def _rounded(value: Fraction, places: int) -> Fraction:
    """Round half up; nothing here is negative."""
    return Fraction(floor(value * 10**places + Fraction(1, 2)), 10**places)
