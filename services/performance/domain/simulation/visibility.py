"""What of a simulation somebody sees who does not reach everybody in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.simulation.comparison import compared

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Visibility:
    """How far somebody sees into some simulations; sums are over the people seen, as if there were no others."""

    people: Mapping[UUID, Sequence[Document]] | None
    """Those whose scores are read, by simulation; None where that is everybody."""
    targets: Collection[UUID]
    departments: Collection[UUID]
    """Those whose people's scores are read."""
    groups: Collection[tuple[UUID, UUID | None]]
    """By simulation the departments in which everybody is reached, before and after; None stands for the company."""

    def of(self, simulation: Document) -> dict[str, Any]:
        """Leave out of a simulation what is not seen."""
        supposed, summary = simulation["supposed"], simulation["summary"]
        seen = {"targets": [each for each in supposed["targets"] if UUID(each["target_id"]) in self.targets]}
        shown: dict[str, Any] = {}
        if self.people is not None:
            people = self.people.get(simulation["id"], ())
            seen |= self._reorganised(supposed, {person["employee_id"] for person in people})
            shown, summary = {"people": people}, _summed(people, summary, supposed["bonus_bands"])
        quotas = [
            group
            for group in simulation["summary"].get("quotas", ())
            if (simulation["id"], group_id(group)) in self.groups
        ]
        return {**simulation, **shown, "supposed": {**supposed, **seen}, "summary": {**summary, "quotas": quotas}}

    def _reorganised(self, supposed: Document, employees: Collection[str]) -> dict[str, list[Document]]:
        """Give of what is reorganised the people seen, and the departments whose people's scores are read."""
        moves = {"moves": [each for each in supposed["moves"] if each["employee_id"] in employees]}
        return moves | {
            kind: [each for each in supposed.get(kind, ()) if UUID(each["department_id"]) in self.departments]
            for kind in ("departments", "mergers")
        }


def group_id(group: Document) -> UUID | None:
    """Name the department of a group beside its quotas; None stands for the company."""
    return None if group["department_id"] is None else UUID(group["department_id"])


def _summed(people: Sequence[Document], summary: Document, bonus_bands: Sequence[Document]) -> dict[str, Any]:
    """Sum up some people as all of them were summed up."""
    comparison = compared(people, grades=summary.get("grades", ()))
    found = comparison.summary()
    if bonus_bands:
        found["cost"] = comparison.cost({each["grade"]: Decimal(each["amount"]) for each in bonus_bands})
    return found
