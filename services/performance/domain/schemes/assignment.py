"""Which scheme scores whom: the most specific assignment wins."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.organisation import DepartmentTree, Employment, principal_employment
from shared.core.errors import Conflict
from shared.core.periods import Period


@dataclass(frozen=True, slots=True)
class Assignment:
    """A scheme version and the people it is for; no departments means all of them, so does no positions."""

    scheme_id: UUID
    version: int
    department_ids: tuple[UUID, ...] = ()
    position_ids: tuple[UUID, ...] = ()

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
    def version(self) -> tuple[UUID, int] | None:
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

    def scheme_for(self, department_id: UUID, position_id: UUID) -> Assignment | None:
        line = self._tree.line(department_id)
        order = [*((at, position_id) for at in line), (None, position_id), *((at, None) for at in line), (None, None)]
        return next((self._by_place[place] for place in order if place in self._by_place), None)


def members_in(period: Period, *, employments: Iterable[Employment], assignments: Assignments) -> Sequence[Member]:
    """Find everybody who worked in `period`, each with the scheme of the principal employment."""
    by_person: Mapping[UUID, list[Employment]] = defaultdict(list)
    for employment in employments:
        by_person[employment.employee_id].append(employment)
    principal = {person: principal_employment(spells, period) for person, spells in by_person.items()}
    return [
        Member(person, spell, assignments.scheme_for(spell.department_id, spell.position_id))
        for person, spell in sorted(principal.items())
        if spell is not None
    ]


def refuse_taken_places(new: Assignment, others: Iterable[Assignment]) -> None:
    """Raise Conflict (`assignment_taken`) where another scheme claims one of the same places."""
    if any(new.places & other.places for other in others if other.scheme_id != new.scheme_id):
        raise Conflict("assignment_taken", "Another scheme is already assigned to these departments and positions.")
