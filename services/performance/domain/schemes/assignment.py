"""Which scheme scores whom: the most specific assignment wins."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.performance.domain.organisation import DepartmentTree, Employment, PositionsPolicy, concurrent_spells
from shared.core.errors import Conflict
from shared.core.periods import Period

Version = tuple[UUID, int]
"""Scheme and number."""


def version_key(version: Version) -> str:
    """Write a version as text."""
    scheme_id, number = version
    return f"{scheme_id}/{number}"


@dataclass(frozen=True, slots=True)
class FormerVersion:
    """A version that held before `until`."""

    number: int
    until: date


@dataclass(frozen=True, slots=True)
class Assignment:
    """A scheme version and the people it is for; no departments means all of them, so does no positions."""

    scheme_id: UUID
    version: int
    department_ids: tuple[UUID, ...] = ()
    position_ids: tuple[UUID, ...] = ()
    former: tuple[FormerVersion, ...] = ()
    """Versions that held before within the cycle, oldest first."""

    @property
    def versions(self) -> tuple[Version, ...]:
        """Everything that holds at some time of the cycle, in order."""
        return tuple((self.scheme_id, number) for number in (*(each.number for each in self.former), self.version))

    def after(self, before: "Assignment", day: date) -> "Assignment":
        """Take the place of a former version from a day on."""
        kept = tuple(each for each in before.former if each.until < day)
        cut = next((each.number for each in before.former if each.until >= day), before.version)
        return replace(self, former=(*kept, FormerVersion(cut, day)))

    def first_day(self, cycle: Period) -> date:
        """Give the first day on which its version, and no former one, scores."""
        return self.former[-1].until if self.former else cycle.starts_on

    def held_in(self, days: Period) -> Iterator[tuple["Assignment", Period]]:
        """Tell which version alone held in which part of some days."""
        starts_on = days.starts_on
        for each in self.former:
            if starts_on < each.until:
                ends_on = min(each.until, days.ends_on)
                yield replace(self, version=each.number, former=()), Period(starts_on, ends_on)
                starts_on = ends_on
        if starts_on < days.ends_on:
            yield (replace(self, former=()) if self.former else self), Period(starts_on, days.ends_on)

    @property
    def places(self) -> frozenset[tuple[UUID | None, UUID | None]]:
        """Give every pair of department and position this claims, None standing for all."""
        departments, positions = self.department_ids or (None,), self.position_ids or (None,)
        return frozenset((department, position) for department in departments for position in positions)


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a cycle: where the person's principal employment is, and what scores it (None: nothing does)."""

    employee_id: UUID
    employment: Employment
    assignment: Assignment | None
    former: tuple["Member", ...] = ()
    """Earlier places in the cycle, oldest first, where the department or what scores it was another."""
    beside: tuple["Member", ...] = ()
    """Other positions at the end, of which the department or what scores it is another, the lesser first."""

    @property
    def current(self) -> tuple["Member", ...]:
        """Where the person is at the end, the principal place last."""
        return (*self.beside, self)

    @property
    def places(self) -> tuple["Member", ...]:
        """Everywhere the person was in the cycle, in order."""
        return (*self.former, *self.current)

    @property
    def department_id(self) -> UUID:
        return self.employment.department_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person is, and which scheme version scores there."""

    department_id: UUID
    position_id: UUID
    scheme_id: UUID | None
    scheme_version: int | None

    @classmethod
    def of(cls, member: Member) -> "Place":
        assigned = member.assignment
        version = (assigned.scheme_id, assigned.version) if assigned else (None, None)
        return cls(member.department_id, member.employment.position_id, *version)

    @property
    def version(self) -> Version | None:
        if self.scheme_id is None or self.scheme_version is None:
            return None
        return self.scheme_id, self.scheme_version


class Assignments:
    """The assignments that hold together, looked up from the most specific to the company's default.

    Order: a department (nearest above) with the position, the position alone, a department (nearest above) alone,
    neither.
    """

    def __init__(self, assignments: Iterable[Assignment], tree: DepartmentTree) -> None:
        self._tree = tree
        self._by_place = {place: each for each in assignments for place in each.places}
        self._found: dict[tuple[UUID, UUID], Assignment | None] = {}

    def scheme_for(self, department_id: UUID, position_id: UUID) -> Assignment | None:
        """Look a place up once: many people share it."""
        place = department_id, position_id
        if place not in self._found:
            self._found[place] = self._most_specific(*place)
        return self._found[place]

    def _most_specific(self, department_id: UUID, position_id: UUID) -> Assignment | None:
        line = self._tree.line(department_id)
        order = [*((at, position_id) for at in line), (None, position_id), *((at, None) for at in line), (None, None)]
        return next((self._by_place[place] for place in order if place in self._by_place), None)

    def held_in(
        self, days: Period, department_id: UUID, position_id: UUID
    ) -> Iterator[tuple[Assignment | None, Period]]:
        """Tell which version scored such people in which part of some days."""
        assigned = self.scheme_for(department_id, position_id)
        return iter([(None, days)]) if assigned is None else assigned.held_in(days)


def members_in(
    period: Period, *, employments: Iterable[Employment], assignments: Assignments, positions: PositionsPolicy
) -> Sequence[Member]:
    """Find everybody who worked in `period`, each with the scheme of the principal employment.

    Of several employments at once the others count, too, where the cycle lets each have its part.
    """
    by_person: Mapping[UUID, list[Employment]] = defaultdict(list)
    for employment in employments:
        by_person[employment.employee_id].append(employment)
    most = None if positions == "allocate" else 1
    found = (_member(spells, period, assignments, most=most) for _, spells in sorted(by_person.items()))
    return [member for member in found if member is not None]


def _member(
    spells: Sequence[Employment], period: Period, assignments: Assignments, *, most: int | None
) -> Member | None:
    """Follow somebody's places, of those at once the `most` principal ones."""
    places: dict[tuple[UUID, Assignment | None], Member] = {}
    current: dict[UUID, tuple[UUID, Assignment | None]] = {}
    for held, days in concurrent_spells(spells, period):
        current.clear()
        for spell in reversed(held[:most]):
            for assigned, _ in assignments.held_in(days, spell.department_id, spell.position_id):
                current[spell.id] = place = (spell.department_id, assigned)
                places.pop(place, None)
                places[place] = Member(spell.employee_id, spell, assigned)
    if not places:
        return None
    *others, (_, last) = places.items()
    now = set(current.values())
    former = tuple(member for place, member in others if place not in now)
    return replace(last, former=former, beside=tuple(member for place, member in others if place in now))


def refuse_taken_places(new: Assignment, others: Iterable[Assignment]) -> None:
    """Raise Conflict (`assignment_taken`) where another scheme claims one of the same places."""
    if any(new.places & other.places for other in others if other.scheme_id != new.scheme_id):
        raise Conflict("assignment_taken", "Another scheme is already assigned to these departments and positions.")
