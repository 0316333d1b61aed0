"""The rules that hold in a cycle: which scheme version scores whom, and the weights departments set for themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.performance.domain.assignment import Assignment
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.scheme import Scheme
from services.performance.domain.scorecard import Place

Version = tuple[UUID, int]
"""Scheme and number."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    assignments: tuple[Assignment, ...]
    schemes: Mapping[Version, Scheme]
    weights: Mapping[tuple[UUID, UUID], Mapping[str, int]]
    """Basis points by item key, for a department and a scheme, where the department's plan says otherwise."""

    def with_draft(self, scheme_id: UUID, number: int, scheme: Scheme) -> "Rulebook":
        """Let another version of a scheme hold for everybody whom it scores."""
        assignments = tuple(
            replace(each, version=number) if each.scheme_id == scheme_id else each for each in self.assignments
        )
        return replace(self, assignments=assignments, schemes={**self.schemes, (scheme_id, number): scheme})

    def weights_for(self, place: Place, tree: DepartmentTree) -> Mapping[str, int]:
        """Give the weights set by the nearest department above that planned; none where the items are other ones."""
        if place.version is None:
            return {}
        keys = self.schemes[place.version].weights.keys()
        plans = [(at, place.version[0]) for at in tree.line(place.department_id)]
        found = next((self.weights[plan] for plan in plans if plan in self.weights), {})
        return found if found.keys() == keys else {}
