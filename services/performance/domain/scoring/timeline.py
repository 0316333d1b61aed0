"""A person's days in a cycle, cut only where the scheme, its weights or what is measured changes."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, zip_longest

from services.performance.domain.organisation import DepartmentTree, Employment, principal_spells
from services.performance.domain.schemes.assignment import Assignment, Assignments, Place
from services.performance.domain.schemes.rulebook import Rulebook
from shared.core.periods import Period, WorkCalendar

WHOLE = Fraction(1)
Counted = Callable[[Period], int]
"""How many workdays there are in a period."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days under one scheme version; `place` is where the person was at its end."""

    period: Period
    place: Place
    workdays: int
    """Eligible ones of `period`: by the company's calendar, without those that leave takes out."""
    absent: int = 0
    """Workdays of `period` that leave takes out."""
    fte: Fraction = WHOLE
    """Mean over the eligible workdays of the part of full time that the person gives, at most all of it."""

    @property
    def calendar_workdays(self) -> int:
        """Of `period`, whether or not the person was there."""
        return self.workdays + self.absent


class Timeline:
    """Cuts people's days in one cycle by its rules; departments, positions and managers alone cut nothing."""

    def __init__(self, cycle: Period, *, rulebook: Rulebook, tree: DepartmentTree, calendar: WorkCalendar) -> None:
        self._cycle = cycle
        self._rulebook = rulebook
        self._tree = tree
        self._calendar = calendar
        self._assignments = Assignments(rulebook.assignments, tree)
        self._workdays: dict[Period, int] = {}
        self._places: dict[tuple[Hashable, ...], tuple[Place, Hashable]] = {}
        self._shared: dict[Hashable, tuple[Stretch, ...]] = {}

    @property
    def workdays(self) -> int:
        """Of the whole cycle."""
        return self.workdays_in(self._cycle)

    def of(self, employments: Sequence[Employment], absences: Sequence[Period] = ()) -> tuple[Stretch, ...]:
        """Give the stretches of one person's employments that some scheme scores, in order.

        Of several employments at once the largest counts, then the oldest. Days without work, such as a weekend
        between two employments, or days of absence alone, go to the stretch before them, or to the one after.
        """
        if len(employments) == 1 and not absences:
            return self._undivided(employments[0])
        return self._cut(employments, absences)

    def _undivided(self, employment: Employment) -> tuple[Stretch, ...]:
        """Give the stretch of somebody who was in one place; colleagues share it."""
        days = employment.period.overlap(self._cycle)
        alike = employment.department_id, employment.position_id, employment.fte, days
        if alike not in self._shared:
            self._shared[alike] = self._cut([employment], ())
        return self._shared[alike]

    def _cut(self, employments: Sequence[Employment], absences: Sequence[Period]) -> tuple[Stretch, ...]:
        parts = [
            _Part(held, *self._place(spell, assigned))
            for spell, days in principal_spells(employments, self._cycle)
            for assigned, held in self._assignments.held_in(days, spell.department_id, spell.position_id)
        ]
        eligible = self.eligible(absences)
        joined = _joined(_alike(_without_gaps(parts, eligible)), eligible)
        return tuple(self._stretch(part, employments, eligible) for part in joined if part.place.version is not None)

    def eligible(self, absences: Sequence[Period]) -> Counted:
        """Count workdays as the company does, less those of somebody's absences."""
        if not absences:
            return self.workdays_in

        def eligible(period: Period) -> int:
            away = (days for absence in absences if (days := absence.overlap(period)))
            return self.workdays_in(period) - sum(map(self.workdays_in, away))

        return eligible

    def _stretch(self, part: "_Part", employments: Sequence[Employment], eligible: Counted) -> Stretch:
        workdays = eligible(part.period)
        absent = self.workdays_in(part.period) - workdays
        if all(spell.fte == 1 for spell in employments):
            return Stretch(part.period, part.place, workdays, absent)
        return Stretch(part.period, part.place, workdays, absent, self._fte(part, employments, eligible))

    def _fte(self, part: "_Part", employments: Sequence[Employment], eligible: Counted) -> Fraction:
        """Add up day by day what the employments under one scheme version come to; more than full time is full time."""
        spells = [
            (spell, days)
            for spell in employments
            if self.place_of(spell).scheme_id == part.place.scheme_id and (days := spell.period.overlap(part.period))
        ]
        cuts = sorted({day for _, days in spells for day in (days.starts_on, days.ends_on)})
        given = Fraction(0)
        for span in (Period(*edges) for edges in pairwise(cuts)):
            together = sum((Fraction(spell.fte) for spell, days in spells if span.starts_on in days), Fraction(0))
            given += eligible(span) * min(together, WHOLE)
        workdays = eligible(part.period)
        return given / workdays if workdays else WHOLE

    def place_of(self, employment: Employment) -> Place:
        """Give where an employment is scored on its last day."""
        days = employment.period.overlap(self._cycle) or self._cycle
        *_, (assigned, _) = self._assignments.held_in(days, employment.department_id, employment.position_id)
        return self._place(employment, assigned)[0]

    def workdays_in(self, period: Period) -> int:
        """Count a period once: most people's are the same."""
        if period not in self._workdays:
            self._workdays[period] = self._calendar.workdays_in(period)
        return self._workdays[period]

    def _place(self, spell: Employment, assigned: Assignment | None) -> tuple[Place, Hashable]:
        """Give where an employment is scored, and what makes two such places the same basis."""
        version = (assigned.scheme_id, assigned.version) if assigned else (None, None)
        at = (spell.department_id, spell.position_id, *version)
        if at not in self._places:
            place = Place(*at)
            self._places[at] = place, self._basis(place)
        return self._places[at]

    def _basis(self, place: Place) -> Hashable:
        if place.version is None:
            return None
        levels = {item.metric.level for item in self._rulebook.schemes[place.version].items}
        weights = self._rulebook.weights_for(place, self._tree)
        return place.version, tuple(sorted(weights.items())), place.department_id if "department" in levels else None


@dataclass(frozen=True, slots=True)
class _Part:
    """Days in one place; equal `basis` means that nothing tells two places apart."""

    period: Period
    place: Place
    basis: Hashable

    def until(self, ends_on: date) -> "_Part":
        return replace(self, period=Period(self.period.starts_on, ends_on))


def _without_gaps(parts: Sequence[_Part], workdays_in: Counted) -> list[_Part]:
    """Let a part last over days without work that lie between it and the next."""
    filled = []
    for part, following in zip_longest(parts, parts[1:]):
        ends_on = part.period.ends_on
        if following is not None and ends_on < following.period.starts_on:
            gap = Period(ends_on, following.period.starts_on)
            ends_on = ends_on if workdays_in(gap) else gap.ends_on
        filled.append(part.until(ends_on))
    return filled


def _alike(parts: Sequence[_Part]) -> list[_Part]:
    """Join what touches and has the same basis."""
    joined: list[_Part] = []
    for part in parts:
        before = joined[-1] if joined else None
        if before is not None and before.basis == part.basis and before.period.ends_on == part.period.starts_on:
            joined[-1] = replace(part, period=Period(before.period.starts_on, part.period.ends_on))
        else:
            joined.append(part)
    return joined


def _joined(parts: Sequence[_Part], workdays_in: Counted) -> list[_Part]:
    """Join what touches and is alike, or has no workday."""
    joined: list[_Part] = []
    for part in parts:
        before = joined[-1] if joined and joined[-1].period.ends_on == part.period.starts_on else None
        if before is None or (before.basis != part.basis and workdays_in(before.period) and workdays_in(part.period)):
            joined.append(part)
            continue
        stays = before.basis != part.basis and not workdays_in(part.period)
        kept = before if stays else part
        joined[-1] = replace(kept, period=Period(before.period.starts_on, part.period.ends_on))
    return joined


def whole_of(stretches: Sequence[Stretch]) -> Stretch:
    """Give all stretches as one, with the days between them."""
    if len(stretches) == 1:
        return stretches[0]
    first, last = stretches[0], stretches[-1]
    workdays, absent = workdays_of(stretches), sum(each.absent for each in stretches)
    given = sum((each.workdays * each.fte for each in stretches), Fraction(0))
    period = Period(first.period.starts_on, last.period.ends_on)
    return Stretch(period, last.place, workdays, absent, given / workdays if workdays else WHOLE)


def workdays_of(stretches: Sequence[Stretch]) -> int:
    """Add up the eligible workdays."""
    return sum(each.workdays for each in stretches)


@lru_cache(maxsize=1024)
def share_of(days: int | Fraction, whole: int) -> Fraction:
    """Give a share of workdays; where there is nothing to share, the whole. Most people's are the same."""
    return Fraction(days, whole) if days and whole else WHOLE
