"""A person's days in a cycle, cut only where the scheme, its weights or what is measured changes."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import zip_longest

from services.performance.domain.organisation import DepartmentTree, Employment, principal_spells
from services.performance.domain.schemes.assignment import Assignments, Place
from services.performance.domain.schemes.rulebook import Rulebook
from shared.core.periods import Period, WorkCalendar


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days under one scheme version; `place` is where the person was at its end."""

    period: Period
    place: Place
    workdays: int
    """Of `period`, by the company's calendar."""


class Timeline:
    """Cuts people's days in one cycle by its rules; departments, positions and managers alone cut nothing."""

    def __init__(self, cycle: Period, *, rulebook: Rulebook, tree: DepartmentTree, calendar: WorkCalendar) -> None:
        self._cycle = cycle
        self._rulebook = rulebook
        self._tree = tree
        self._calendar = calendar
        self._assignments = Assignments(rulebook.assignments, tree)
        self._workdays: dict[Period, int] = {}
        self._places: dict[tuple[Hashable, Hashable], tuple[Place, Hashable]] = {}

    @property
    def workdays(self) -> int:
        """Of the whole cycle."""
        return self.workdays_in(self._cycle)

    def of(self, employments: Sequence[Employment]) -> tuple[Stretch, ...]:
        """Give the stretches of one person's employments that some scheme scores, in order.

        Of several employments at once the largest counts, then the oldest. Days without work, such as a weekend
        between two employments, go to the stretch before them, or to the one after.
        """
        parts = [_Part(days, *self._place(spell)) for spell, days in principal_spells(employments, self._cycle)]
        joined = _joined(self._without_gaps(parts), self.workdays_in)
        return tuple(
            Stretch(part.period, part.place, self.workdays_in(part.period))
            for part in joined
            if part.place.version is not None
        )

    def _without_gaps(self, parts: Sequence["_Part"]) -> list["_Part"]:
        """Let a part last over days without work that lie between it and the next."""
        filled = []
        for part, following in zip_longest(parts, parts[1:]):
            ends_on = part.period.ends_on
            if following is not None and ends_on < following.period.starts_on:
                gap = Period(ends_on, following.period.starts_on)
                ends_on = ends_on if self.workdays_in(gap) else gap.ends_on
            filled.append(part.until(ends_on))
        return filled

    def place_of(self, employment: Employment) -> Place:
        """Give where an employment is scored."""
        return self._place(employment)[0]

    def workdays_in(self, period: Period) -> int:
        """Count a period once: most people's are the same."""
        if period not in self._workdays:
            self._workdays[period] = self._calendar.workdays_in(period)
        return self._workdays[period]

    def _place(self, spell: Employment) -> tuple[Place, Hashable]:
        """Give where an employment is scored, and what makes two such places the same basis."""
        at = spell.department_id, spell.position_id
        if at not in self._places:
            assigned = self._assignments.scheme_for(*at)
            version = (assigned.scheme_id, assigned.version) if assigned else (None, None)
            place = Place(*at, *version)
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


def _joined(parts: Sequence[_Part], workdays_in: Callable[[Period], int]) -> list[_Part]:
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


def workdays_of(stretches: Sequence[Stretch]) -> int:
    """Add up the eligible workdays."""
    return sum(each.workdays for each in stretches)


@lru_cache(maxsize=1024)
def share_of(days: int, whole: int) -> Fraction:
    """Give a share of workdays; where there is nothing to share, the whole. Most people's are the same."""
    return Fraction(days, whole) if days and whole else Fraction(1)
