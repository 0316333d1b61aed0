"""What a simulated change would do to the quotas of a forced distribution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.performance.domain.calibration.distribution import GroupReport, report
from services.performance.domain.calibration.policy import DistributionPolicy, Population
from services.performance.domain.calibration.populations import Group, Standing, groups_of
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.scoring.scorecard import Verdict


@dataclass(frozen=True, slots=True)
class Standings:
    """How people would stand: outcomes and departments by scorecard, without which they stay as they are."""

    tree: DepartmentTree
    outcomes: Mapping[UUID, Verdict]
    departments: Mapping[UUID, UUID] = field(default_factory=dict)

    def groups(self, population: Population, people: Sequence[Standing]) -> dict[UUID | None, Group]:
        """Sort people into the groups of a population."""
        standing = [self._standing(person) for person in people]
        return {group.department_id: group for group in groups_of(population, standing, self.tree)}

    def _standing(self, person: Standing) -> Standing:
        at = self.departments.get(person.scorecard_id, person.department_id)
        found = self.outcomes.get(person.scorecard_id, person.computed)
        return Standing.of(person.scorecard_id, person.employee_id, at, computed=found)


def quotas_beside(
    policy: DistributionPolicy, people: Sequence[Standing], *, before: Standings, after: Standings
) -> list[dict[str, Any]]:
    """Hold every group to its quotas before and after, those that there would be no more last.

    `joined_from` are the departments of today whose people would be counted in a group and are not.
    """
    homes = {person.scorecard_id: str(person.department_id) for person in people}
    found = []
    for rule in policy.rules:
        then, now = before.groups(rule.population, people), after.groups(rule.population, people)
        for at in dict.fromkeys([*now, *then]):
            former, later = then.get(at, Group(at, ())), now.get(at, Group(at, ()))
            joined = {homes[each] for each in later.scorecard_ids - former.scorecard_ids}
            reports = report(policy, rule, former), report(policy, rule, later)
            found.append({**_group(*reports), "joined_from": sorted(joined)})
    return found


def _group(before: GroupReport, after: GroupReport) -> dict[str, Any]:
    return {
        "name": after.name,
        "kind": after.kind,
        "department_id": after.department_id and str(after.department_id),
        "satisfied_before": before.satisfied,
        "satisfied_after": after.satisfied,
        "grades": [
            {
                "grade": now.grade,
                "before": then.people,
                "after": now.people,
                "required": now.required,
                "over_before": then.over,
                "over_after": now.over,
            }
            for then, now in zip(before.grades, after.grades, strict=True)
        ],
    }
