"""The rules that hold in a cycle: which scheme version scores whom, and the weights departments set for themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Assignment, Place
from services.performance.domain.schemes.scheme import Scheme

Version = tuple[UUID, int]
"""Scheme and number."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    assignments: tuple[Assignment, ...]
    schemes: Mapping[Version, Scheme]
    weights: Mapping[tuple[UUID, UUID], Mapping[str, int]]
    """Basis points by item key, for a department and a scheme, where the department's plan says otherwise."""
    planned: frozenset[UUID] = frozenset()
    """Departments with a plan of their own; it speaks for everybody below who has none nearer."""

    def weights_for(self, place: Place, tree: DepartmentTree) -> Mapping[str, int]:
        """Give the weights set by the plan a person is under; none where the items are other ones."""
        plan = next((at for at in tree.line(place.department_id) if at in self.planned), None)
        if place.version is None or plan is None:
            return {}
        found = self.weights.get((plan, place.version[0]), {})
        return found if found.keys() == self.schemes[place.version].weights.keys() else {}


def outdates_weights(former: Scheme, scheme: Scheme) -> bool:
    """Tell whether weights that departments set against `former` mean something else under `scheme`."""
    return former.weights != scheme.weights
