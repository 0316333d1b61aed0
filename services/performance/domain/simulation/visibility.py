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
    groups: Collection[UUID | None]
    """Departments in which everybody is reached; None stands for the company."""

    def of(self, simulation: Document) -> dict[str, Any]:
        """Leave out of a simulation what is not seen."""
        supposed, summary = simulation["supposed"], simulation["summary"]
        seen = {"targets": [each for each in supposed["targets"] if UUID(each["target_id"]) in self.targets]}
        shown: dict[str, Any] = {}
        if self.people is not None:
            people = self.people.get(simulation["id"], ())
            employees = {person["employee_id"] for person in people}
            seen["moves"] = [each for each in supposed["moves"] if each["employee_id"] in employees]
            shown, summary = {"people": people}, _summed(people, summary, supposed["bonus_bands"])
        quotas = [each for each in simulation["summary"].get("quotas", ()) if _id(each["department_id"]) in self.groups]
        return {**simulation, **shown, "supposed": {**supposed, **seen}, "summary": {**summary, "quotas": quotas}}


def _summed(people: Sequence[Document], summary: Document, bonus_bands: Sequence[Document]) -> dict[str, Any]:
    """Sum up some people as all of them were summed up."""
    comparison = compared(people, grades=summary.get("grades", ()))
    found = comparison.summary()
    if bonus_bands:
        found["cost"] = comparison.cost({each["grade"]: Decimal(each["amount"]) for each in bonus_bands})
    return found


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
