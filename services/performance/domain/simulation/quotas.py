"""What a simulated change would do to the quotas of a forced distribution."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.performance.domain.calibration.distribution import GroupReport, report
from services.performance.domain.calibration.policy import DistributionPolicy
from services.performance.domain.calibration.populations import Standing, groups_of
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.scoring.scorecard import Verdict


def quotas_beside(
    policy: DistributionPolicy,
    people: Sequence[Standing],
    *,
    before: Mapping[UUID, Verdict],
    after: Mapping[UUID, Verdict],
    tree: DepartmentTree,
) -> list[dict[str, Any]]:
    """Hold every group to its quotas before and after; outcomes are by scorecard, who has none stays as they are."""
    pairs = zip(
        _reports(policy, _standing(people, before), tree), _reports(policy, _standing(people, after), tree), strict=True
    )
    return [_group(then, now) for then, now in pairs]


def _standing(people: Sequence[Standing], outcomes: Mapping[UUID, Verdict]) -> list[Standing]:
    return [
        replace(each, computed=found, in_force=found) if (found := outcomes.get(each.scorecard_id)) else each
        for each in people
    ]


def _reports(policy: DistributionPolicy, people: Sequence[Standing], tree: DepartmentTree) -> Iterator[GroupReport]:
    for rule in policy.rules:
        for group in groups_of(rule.population, people, tree):
            yield report(policy, rule, group)


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
