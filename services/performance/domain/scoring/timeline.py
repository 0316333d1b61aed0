"""A person's days in a cycle, cut only where the scheme, its weights or what is measured changes."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from services.performance.domain.organisation import DepartmentTree, Employment, PositionsPolicy, concurrent_spells
from services.performance.domain.schemes.assignment import Assignment, Assignments, Place
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.spans import Counted, Role, Span, joined
from shared.core.periods import Period, WorkCalendar

WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days under one scheme version; `place` is where the person was at its end.

    Stretches of the same days are those of somebody in several positions at once, the principal one last.
    """

    period: Period
    place: Place
    workdays: int
    """Eligible ones of `period`: by the company's calendar, without those that leave takes out."""
    absent: int = 0
    """Workdays of `period` that leave takes out."""
    fte: Fraction = WHOLE
    """Mean over the eligible workdays of the part of full time that the person gives, at most all of it."""
    allocation: Fraction = WHOLE
    """The part of each day that belongs to it; those of the same days sum to 1."""

    @property
    def calendar_workdays(self) -> int:
        """Of `period`, whether or not the person was there."""
        return self.workdays + self.absent

    @property
    def allotted_workdays(self) -> Fraction | int:
        """How many of the person's days it stands for."""
        return self.allotted(self.workdays)

    def allotted(self, workdays: int) -> Fraction | int:
        """Give the part of some workdays that belongs to it."""
        return workdays if self.allocation is WHOLE else workdays * self.allocation


class Timeline:
    """Cuts people's days in one cycle by its rules; departments, positions and managers alone cut nothing."""

    def __init__(
        self,
        cycle: Period,
        *,
        rulebook: Rulebook,
        tree: DepartmentTree,
        calendar: WorkCalendar,
        positions: PositionsPolicy,
    ) -> None:
        self._cycle = cycle
        self._rulebook = rulebook
        self._tree = tree
        self._calendar = calendar
        self._positions = positions
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

        Of several employments at once each has its part of the day, by FTE, as far as they are scored differently; or,
        where the cycle says so, the principal one has all of it. Days without work, such as a weekend between two
        employments, or days of absence alone, go to the stretch before them, or to the one after.
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
        eligible = self.eligible(absences)
        return tuple(
            self._stretch(span.period, role, employments, eligible)
            for span in joined(list(self._spans(employments)), eligible)
            for role in span.roles
            if role.basis is not None
        )

    def _spans(self, employments: Sequence[Employment]) -> Iterator[Span]:
        for held, days in concurrent_spells(employments, self._cycle):
            spells = held if self._positions == "allocate" else held[:1]
            versions = [list(self._assignments.held_in(days, each.department_id, each.position_id)) for each in spells]
            cuts = {span.ends_on for each in versions for _, span in each}
            for starts_on, ends_on in pairwise(sorted({days.starts_on, *cuts})):
                assigned = [next(at for at, span in each if starts_on in span) for each in versions]
                yield Span(Period(starts_on, ends_on), self._roles(spells, assigned))

    def _roles(self, spells: Sequence[Employment], assigned: Sequence[Assignment | None]) -> tuple[Role, ...]:
        """Divide a day by FTE, equally where there is none, over what is scored differently; the rest has no part."""
        places: dict[Hashable, Place] = {}
        given: dict[Hashable, Fraction] = {}
        for spell, version in zip(spells, assigned, strict=True):
            place, basis = self._place(spell, version)
            places.setdefault(basis, place)
            given[basis] = given.get(basis, Fraction(0)) + Fraction(spell.fte)
        scored = [basis for basis in places if basis is not None] or [None]
        if len(scored) == 1:
            return (Role(places[scored[0]], scored[0], WHOLE),)
        together = sum((given[basis] for basis in scored), Fraction(0))
        parts = {basis: given[basis] / together if together else Fraction(1, len(scored)) for basis in scored}
        return tuple(Role(places[basis], basis, parts[basis]) for basis in reversed(scored))

    def eligible(self, absences: Sequence[Period]) -> Counted:
        """Count workdays as the company does, less those of somebody's absences."""
        if not absences:
            return self.workdays_in

        def eligible(period: Period) -> int:
            away = (days for absence in absences if (days := absence.overlap(period)))
            return self.workdays_in(period) - sum(map(self.workdays_in, away))

        return eligible

    def _stretch(self, days: Period, role: Role, employments: Sequence[Employment], eligible: Counted) -> Stretch:
        workdays = eligible(days)
        absent = self.workdays_in(days) - workdays
        full_time = len(employments) == 1 and employments[0].fte == 1
        fte = WHOLE if full_time else self._fte(days, role, employments, eligible)
        return Stretch(days, role.place, workdays, absent, fte, role.allocation)

    def _fte(self, period: Period, role: Role, employments: Sequence[Employment], eligible: Counted) -> Fraction:
        """Add up day by day what the employments of a role come to; more than full time is full time."""
        given = Fraction(0)
        for held, days in concurrent_spells(employments, period):
            together = max(sum((Fraction(each.fte) for each in held), Fraction(0)), WHOLE)
            for spell in held:
                own = (span for place, span in self._places_in(days, spell) if self._belongs(place, role))
                given += sum(map(eligible, own)) * Fraction(spell.fte) / together
        workdays = eligible(period)
        return given / workdays if workdays else WHOLE

    def _places_in(self, days: Period, spell: Employment) -> Iterator[tuple[tuple[Place, Hashable], Period]]:
        for assigned, span in self._assignments.held_in(days, spell.department_id, spell.position_id):
            yield self._place(spell, assigned), span

    def _belongs(self, at: tuple[Place, Hashable], role: Role) -> bool:
        """Tell whether what is given at a place is given to a role: to the scheme of all days, or to a part of each."""
        place, basis = at
        return basis == role.basis if self._positions == "allocate" else place.scheme_id == role.place.scheme_id

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


def whole_of(stretches: Sequence[Stretch]) -> Stretch:
    """Give all stretches as one, with the days between them; days in several positions at once are there once."""
    if len(stretches) == 1:
        return stretches[0]
    days = {each.period: each for each in stretches}.values()
    workdays, absent = sum(each.workdays for each in days), sum(each.absent for each in days)
    given = sum((each.workdays * each.fte for each in stretches), Fraction(0))
    period = Period(stretches[0].period.starts_on, stretches[-1].period.ends_on)
    return Stretch(period, stretches[-1].place, workdays, absent, given / workdays if workdays else WHOLE)


@lru_cache(maxsize=1024)
def share_of(days: int | Fraction, whole: int | Fraction) -> Fraction:
    """Give a share of workdays; where there is nothing to share, the whole. Most people's are the same."""
    return Fraction(days) / whole if days and whole else WHOLE
