"""A person's days in a cycle, cut only where the scheme, its weights or what is measured changes."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from services.performance.domain.organisation import DepartmentTree, Employment
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
        stretches: list[tuple[Stretch, Hashable]] = []
        for spell, days in self._principal(employments):
            place, basis = self._place(spell)
            goes_on = stretches and stretches[-1][1] == basis and stretches[-1][0].period.ends_on == days.starts_on
            starts_on = stretches.pop()[0].period.starts_on if goes_on else days.starts_on
            period = Period(starts_on, days.ends_on)
            stretches.append((Stretch(period, place, self.workdays_in(period)), basis))
        return tuple(_worked([each for each, _ in stretches if each.place.version is not None]))

    def place_of(self, employment: Employment) -> Place:
        """Give where an employment is scored."""
        return self._place(employment)[0]

    def workdays_in(self, period: Period) -> int:
        """Count a period once: most people's are the same."""
        if period not in self._workdays:
            self._workdays[period] = self._calendar.workdays_in(period)
        return self._workdays[period]

    def _principal(self, employments: Sequence[Employment]) -> Iterator[tuple[Employment, Period]]:
        spells = [(each, days) for each in employments if (days := each.period.overlap(self._cycle))]
        cuts = sorted({day for _, days in spells for day in (days.starts_on, days.ends_on)})
        for starts_on, ends_on in pairwise(cuts):
            holding = [each for each, days in spells if starts_on in days]
            if holding:
                yield min(holding, key=lambda each: (-each.fte, each.starts_on, each.id)), Period(starts_on, ends_on)

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
        levels = {item.metric.level for item in self._rulebook.schemes[place.version].counted}
        weights = self._rulebook.weights_for(place, self._tree)
        return place.version, tuple(sorted(weights.items())), place.department_id if "department" in levels else None


def _worked(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Let stretches without a workday go to a neighbour that they touch."""
    kept: list[Stretch] = []
    for each in stretches:
        touching = bool(kept) and kept[-1].period.ends_on == each.period.starts_on
        if touching and (not each.workdays or not kept[-1].workdays):
            before = kept.pop()
            worked = before if before.workdays else each
            kept.append(replace(worked, period=Period(before.period.starts_on, each.period.ends_on)))
        else:
            kept.append(each)
    return kept


def workdays_of(stretches: Sequence[Stretch]) -> int:
    """Add up the eligible workdays."""
    return sum(each.workdays for each in stretches)


def share_of(days: int, whole: int) -> Fraction:
    """Give a share of workdays; where there is nothing to share, the whole."""
    return Fraction(days, whole) if days and whole else Fraction(1)
