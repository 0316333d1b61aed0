"""A simulation: what was supposed, what it would do, and whether it has been made true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.performance.domain.scoring.scorecard import Verdict
from services.performance.domain.simulation.supposition import Supposition
from shared.core.errors import Conflict


@dataclass(frozen=True, slots=True)
class Simulation:
    """A comparison as it was found and kept; nothing else was touched."""

    id: UUID
    cycle_id: UUID
    supposed: Supposition
    summary: Mapping[str, Any]
    people: Sequence[Mapping[str, Any]]
    """Biggest change first."""
    created_by: str
    created_at: datetime
    applied_by: str | None = None
    applied_at: datetime | None = None

    @property
    def outcomes(self) -> dict[UUID, Verdict]:
        """What each scorecard would show."""
        return {UUID(person["scorecard_id"]): Verdict.of_document(person["after"]) for person in self.people}

    def to_row(self) -> dict[str, Any]:
        """Lay it out by the names of its fields, what was supposed as it is kept."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {
            "supposed": self.supposed.to_document()
        }

    def applied(self, *, by: str, at: datetime) -> "Simulation":
        """Raise Conflict (`simulation_not_applicable`, `simulation_applied`)."""
        if not self.supposed.is_applicable:
            raise Conflict("simulation_not_applicable", "It supposes what cannot be made true here.")
        if self.applied_at is not None:
            raise Conflict("simulation_applied", "This simulation has been applied already.")
        return replace(self, applied_by=by, applied_at=at)

    def require_targets(self, sequences: Mapping[UUID, int]) -> None:
        """Raise Conflict (`simulation_outdated`) where a target is another version than the one simulated upon."""
        if any(sequences[each.target_id] != each.sequence for each in self.supposed.targets):
            raise Conflict("simulation_outdated", "A target has changed since; simulate again.")

    def require_released(self, released: Mapping[UUID, int]) -> None:
        """Raise Conflict (`simulation_outdated`) where something else is released than was simulated."""
        if released != self.supposed.released:
            raise Conflict("simulation_outdated", "A target that is released has changed since; simulate again.")

    def require_outcomes(self, shown: Mapping[UUID, Verdict]) -> None:
        """Raise Conflict (`simulation_outdated`) unless scorecards show to the last digit what was simulated."""
        simulated = self.outcomes
        if any(simulated.get(card_id) != outcome for card_id, outcome in shown.items()):
            raise Conflict("simulation_outdated", "What scores depend on has changed since; simulate again.")
