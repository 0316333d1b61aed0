"""Sorts the people of a cycle into the groups whose grades are counted together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.performance.domain.calibration.policy import Population
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.scoring.scorecard import Verdict
from shared.core.access import Reach


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands: the computed verdict, and the one in force once calibrations count."""

    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    computed: Verdict
    in_force: Verdict

    @classmethod
    def of(cls, scorecard_id: UUID, employee_id: UUID, department_id: UUID, *, computed: Verdict) -> "Standing":
        """Let the computed verdict be in force."""
        return cls(scorecard_id, employee_id, department_id, computed, computed)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a population: the company, or a department with what is below it."""

    department_id: UUID | None
    people: tuple[Standing, ...]

    @property
    def scorecard_ids(self) -> frozenset[UUID]:
        return frozenset(person.scorecard_id for person in self.people)

    def is_within(self, reach: Reach, *, tree: DepartmentTree, day: date) -> bool:
        """Tell whether a caller reaches everybody in it by today's `tree`, so that counts tell nothing of others."""
        departments = {person.department_id for person in self.people}
        if self.department_id is not None:
            departments.add(self.department_id)
        return reach.everything or (bool(departments) and all(tree.within(reach, each, day) for each in departments))


def groups_of(population: Population, people: Sequence[Standing], tree: DepartmentTree) -> Iterator[Group]:
    """Give the groups of a population by a cycle's tree, of a level those with people, in the order of their codes."""
    if population.kind == "company":
        yield Group(None, tuple(people))
        return
    found: dict[UUID, list[Standing]] = {population.department_id: []} if population.department_id else {}
    for person in people:
        at = _counted_in(population, tree.line(person.department_id))
        if at is not None:
            found.setdefault(at, []).append(person)
    order: Mapping[UUID, int] = {department.id: at for at, department in enumerate(tree)}
    for department_id in sorted(found, key=lambda each: (order.get(each, len(order)), str(each))):
        yield Group(department_id, tuple(found[department_id]))


def everybody_in(department_id: UUID | None, people: Sequence[Standing], tree: DepartmentTree) -> Group:
    """Give the people of a department with what is below it, or of the company, by a cycle's tree."""
    (group,) = groups_of(Population.of(department_id), people, tree)
    return group


def _counted_in(population: Population, line: Sequence[UUID]) -> UUID | None:
    """Find the department under which somebody counts whose department has this line upwards."""
    if population.level is not None:
        return line[-population.level] if population.level <= len(line) else None
    return population.department_id if population.department_id in line else None
