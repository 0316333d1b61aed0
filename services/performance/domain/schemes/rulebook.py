"""The rules that hold in a cycle: which scheme version scores whom, and the weights departments set for themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Assignment, Place, Version, version_key
from services.performance.domain.schemes.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Rulebook:
    assignments: tuple[Assignment, ...]
    schemes: Mapping[Version, Scheme]
    weights: Mapping[tuple[UUID, Version], Mapping[str, int]]
    """Basis points by item key, for a department and a version, where the department's plan says otherwise."""
    planned: frozenset[UUID] = frozenset()
    """Departments with a plan of their own; it speaks for everybody below who has none nearer."""

    def weights_for(self, place: Place, tree: DepartmentTree) -> Mapping[str, int]:
        """Give the weights set by the plan a person is under; none where the items are other ones."""
        plan = next((at for at in tree.line(place.department_id) if at in self.planned), None)
        if place.version is None or plan is None:
            return {}
        found = self.weights.get((plan, place.version), {})
        return found if found.keys() == self.schemes[place.version].weights.keys() else {}


def weights_by_version(
    own: Mapping[str, Mapping[str, int]],
    former: Mapping[str, Mapping[str, int]],
    *,
    assignments: Iterable[Assignment],
    schemes: Mapping[Version, Scheme],
) -> Iterator[tuple[Version, Mapping[str, int]]]:
    """Tell which weights of a plan hold under which version: its `own`, by scheme, or `former` ones, by version."""
    for assignment in assignments:
        current = weighing_alike(assignment.versions, schemes)
        for version in assignment.versions:
            found = own.get(str(version[0])) if version in current else former.get(version_key(version))
            if found is not None:
                yield version, found


def weighing_alike(versions: Sequence[Version], schemes: Mapping[Version, Scheme]) -> Sequence[Version]:
    """Give the last versions in a row that weigh as the last one does, so that what was set against it fits them."""
    alike = takewhile(lambda each: not outdates_weights(schemes[each], schemes[versions[-1]]), reversed(versions))
    return list(alike)


def outdates_weights(former: Scheme, scheme: Scheme) -> bool:
    """Tell whether weights that departments set against `former` mean something else under `scheme`."""
    return former.weights != scheme.weights
