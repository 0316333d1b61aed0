"""What is supposed of the organisation, which the archive alone changes: its tree, departments merged, people moved."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self
from uuid import UUID

from services.performance.domain.organisation import Department, DepartmentTree
from services.performance.domain.simulation.repeated import refuse_repeated
from shared.core.errors import Conflict, DomainError, NotFound, Violation


@dataclass(frozen=True, slots=True)
class OtherParent:
    """A department that lies below another one, with everything below it; of None, at the top."""

    department_id: UUID
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Merger:
    """A department whose own people work in another from a day on, in their positions and at their hours."""

    department_id: UUID
    merged_into: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Move:
    """A person who works elsewhere from a day on, at the same hours."""

    employee_id: UUID
    department_id: UUID
    position_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """All of it at once, in whatever order the archive would make it."""

    departments: tuple[OtherParent, ...] = ()
    mergers: tuple[Merger, ...] = ()
    moves: tuple[Move, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.departments or self.mergers or self.moves)

    @property
    def moves_in_order(self) -> Sequence[tuple[int, Move]]:
        """Give the moves by their days, each with its place in the list; of a day in the order of people."""
        return sorted(enumerate(self.moves), key=lambda each: (each[1].on, each[1].employee_id))

    @property
    def mergers_in_order(self) -> Sequence[Merger]:
        """Give the mergers by their days; of one day first that into a department which is itself merged."""
        into = {each.department_id: each.merged_into for each in self.mergers}
        steps = _tree_of(into)
        return sorted(
            self.mergers, key=lambda each: (each.on, -len(steps.line(each.department_id)), each.department_id)
        )

    def refuse_repeated(self) -> None:
        """Raise Invalid (`department_repeated`, `move_repeated`) where two say different things of one."""
        for kind, named in (("departments", self.departments), ("mergers", self.mergers)):
            ids = [each.department_id for each in named]
            pointer = f"/{kind}/{{}}/department_id"
            refuse_repeated(ids, pointer, "department_repeated", "Suppose one thing of a department.")
        people = [(each.employee_id, each.on) for each in self.moves]
        refuse_repeated(people, "/moves/{}/employee_id", "move_repeated", "Suppose one place of a person on a day.")

    def refuse_impossible(self, tree: DepartmentTree) -> None:
        """Judge it as a whole. Raises NotFound (`department_not_found`), Conflict (`department_circle`)."""
        unknown = [pointer for pointer, department_id in self._named() if tree.get(department_id) is None]
        _refuse(NotFound, "department_not_found", "There is no such department.", unknown)
        parents = {each.department_id: each.parent_id for each in self.departments}
        changed = DepartmentTree(replace(each, parent_id=parents.get(each.id, each.parent_id)) for each in tree)
        circles = [f"/departments/{at}/parent_id" for at in _circles(parents, changed)]
        _refuse(Conflict, "department_circle", "A department cannot lie below itself.", circles)
        into = {each.department_id: each.merged_into for each in self.mergers}
        circles = [f"/mergers/{at}/merged_into" for at in _circles(into, _tree_of(into))]
        _refuse(Conflict, "department_circle", "A department cannot be merged into itself.", circles)

    def _named(self) -> Iterator[tuple[str, UUID]]:
        """Give the departments that have to be there, each with its pointer."""
        for at, other in enumerate(self.departments):
            yield f"/departments/{at}/department_id", other.department_id
            if other.parent_id is not None:
                yield f"/departments/{at}/parent_id", other.parent_id
        for at, merger in enumerate(self.mergers):
            yield f"/mergers/{at}/department_id", merger.department_id
            yield f"/mergers/{at}/merged_into", merger.merged_into
        for at, move in enumerate(self.moves):
            yield f"/moves/{at}/department_id", move.department_id

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Self:
        """Read back what `to_document` wrote, some of which earlier releases did not know."""
        return cls(
            departments=tuple(OtherParent(**_read(each)) for each in document.get("departments", ())),
            mergers=tuple(Merger(**_read(each)) for each in document.get("mergers", ())),
            moves=tuple(Move(**_read(each)) for each in document["moves"]),
        )

    def to_document(self) -> dict[str, Any]:
        """Write it as JSON: days as `YYYY-MM-DD`."""
        return {kind: [_written(each) for each in getattr(self, kind)] for kind in ("departments", "mergers", "moves")}


def _tree_of(above: Mapping[UUID, UUID]) -> DepartmentTree:
    return DepartmentTree(Department(each, "", "", parent_id) for each, parent_id in above.items())


def _refuse(kind: type[DomainError], code: str, detail: str, pointers: Sequence[str]) -> None:
    """Refuse all wrong places at once."""
    if pointers:
        raise kind(code, detail, violations=[Violation(pointer, code, detail) for pointer in pointers])


def _circles(above: Mapping[UUID, UUID | None], tree: DepartmentTree) -> list[int]:
    """Give the places of those who would stand above themselves."""
    return [at for at, (each, next_) in enumerate(above.items()) if next_ is not None and each in tree.line(next_)]


def _written(each: OtherParent | Merger | Move) -> dict[str, str | None]:
    values = ((field.name, getattr(each, field.name)) for field in fields(each))
    return {name: None if value is None else str(value) for name, value in values}


def _read(document: Mapping[str, str | None]) -> dict[str, Any]:
    return {name: value and _KINDS.get(name, UUID)(value) for name, value in document.items()}


_KINDS: Mapping[str, Callable[[str], object]] = {"on": date.fromisoformat}
