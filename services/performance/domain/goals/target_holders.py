"""Who holds a metric, and how its holders stand below departments and the company."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from services.performance.domain.goals.history import summed
from services.performance.domain.goals.target import SubjectKind, Target, TargetKey
from services.performance.domain.goals.target_generation import Hours, Node
from services.performance.domain.goals.target_proposal import PastYear
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Member, Version
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme
from shared.core.errors import Invalid

WorkingHours = Mapping[tuple[UUID, str], Hours]
"""By employee and metric key; empty where nobody divides by them."""
History = Mapping[UUID, tuple[PastYear, ...]]
"""What each person reached before."""


@dataclass(frozen=True, slots=True)
class Say:
    """What is settled from outside for single subjects: by the business, by hand, and by how much they work."""

    wanted: Mapping[TargetKey, Decimal]
    overrides: Mapping[TargetKey, Decimal]
    hours: WorkingHours = field(default_factory=dict)

    def hours_of(self, metric: Metric, person: UUID) -> Hours:
        return self.hours.get((person, metric.key), Hours())


def holders_of_metrics(
    members: Sequence[Member], schemes: Mapping[Version, Scheme], *, wanted: frozenset[str]
) -> Mapping[str, tuple[Metric, Sequence[Member]]]:
    """Find by metric key who needs a target: every holder where the business wants one, else who lacks a fixed one.

    Whoever was scored by a metric at any time of the cycle holds it, at the last place where that was so; one that
    counts by department, in each of several departments at once.
    """
    found: dict[str, tuple[Metric, dict[tuple[UUID, UUID | None], Member]]] = {}
    for member in members:
        for place in member.places:
            for item in _counted(place, schemes):
                if item.metric.key in wanted or _lacks_target(item):
                    _, holders = found.setdefault(item.metric.key, (item.metric, {}))
                    holders[place.employee_id, _beside(item.metric, place, member)] = place
    return {key: (metric, list(holders.values())) for key, (metric, holders) in found.items()}


def _counted(place: Member, schemes: Mapping[Version, Scheme]) -> Sequence[SchemeItem]:
    """Give what counts at a place."""
    assigned = place.assignment
    return () if assigned is None else schemes[assigned.scheme_id, assigned.version].counted


def _beside(metric: Metric, place: Member, member: Member) -> UUID | None:
    """Name the department of a position beside the principal one, where that makes another holder of a metric."""
    return place.department_id if metric.level == "department" and place in member.beside else None


def scored_at(metric: str, places: Sequence[Member], schemes: Mapping[Version, Scheme], *, last: UUID) -> UUID:
    """Tell where somebody was last scored by a metric when `last` was the department that came last."""
    until = max((at for at, place in enumerate(places) if place.department_id == last), default=-1)
    return _nearest(metric, places[: until + 1], schemes) or last


def belongs_to(target: Target, members: Mapping[UUID, Member], schemes: Mapping[Version, Scheme]) -> UUID | None:
    """Give the department whose head answers for a target: a person's is where the metric counts, else the principal.

    Whoever works nowhere any more stays where they last belonged.
    """
    key, subject_id = target.key, target.key.subject_id
    if key.subject_kind != "employee" or subject_id is None:
        return subject_id
    if subject_id not in members:
        return target.department_id
    member = members[subject_id]
    return _nearest(key.metric, member.current, schemes) or member.department_id


def _nearest(metric: str, places: Sequence[Member], schemes: Mapping[Version, Scheme]) -> UUID | None:
    """Find the department of the last of some places where a metric counts."""
    counting = (
        place for place in reversed(places) if any(item.metric.key == metric for item in _counted(place, schemes))
    )
    return next((place.department_id for place in counting), None)


def refuse_unreachable(schemes: Iterable[Scheme], metric: str, value: Decimal) -> None:
    """Raise Invalid (`target_not_positive`) where a rule divides by a target that is zero or less."""
    needs = (item.rule.target_need for scheme in schemes for item in scheme.counted if item.metric.key == metric)
    if value <= 0 and "positive" in needs:
        raise Invalid.at("/value", "target_not_positive", "The rule of this metric divides by its target.")


def company_node(
    metric: Metric, holders: Sequence[Member], *, history: History, say: Say, tree: DepartmentTree
) -> Node:
    """Stand `holders` below their departments, these below the nearest one of which the business wants something."""
    by_department: dict[UUID, list[Member]] = defaultdict(list)
    places: dict[UUID, list[UUID]] = defaultdict(list)
    for holder in holders:
        by_department[holder.department_id].append(holder)
        places[holder.employee_id].append(holder.department_id)
    grouped: dict[UUID, list[Node]] = defaultdict(list)
    for department_id, people in sorted(by_department.items()):
        hours = (say.hours_of(metric, each.employee_id).at(department_id, places[each.employee_id]) for each in people)
        there = sum(hours, Hours())
        node = _department_node(metric, department_id, people, history=history, say=say, hours=there)
        grouped[group_of(metric, department_id, say, tree)].append(node)
    tops = [_group_node(metric, group_id, nodes, say) for group_id, nodes in sorted(grouped.items())]
    return _node(metric, "company", None, tops, say)


def _lacks_target(item: SchemeItem) -> bool:
    return item.rule.target_need != "none" and item.default_target is None


def group_of(metric: Metric, department_id: UUID, say: Say, tree: DepartmentTree) -> UUID:
    """Give the nearest department, from this one upwards, of which the business wants something, or this one."""
    line = tree.line(department_id)
    wanted = (at for at in line if TargetKey(metric.key, "department", at) in say.wanted)
    return next(wanted, department_id)


def _group_node(metric: Metric, group_id: UUID, nodes: Sequence[Node], say: Say) -> Node:
    """Stand departments below one; whoever works in that one itself stands beside them."""
    if len(nodes) == 1 and nodes[0].subject == group_id:
        return nodes[0]
    children = [below for node in nodes for below in (node.children if node.subject == group_id else [node])]
    return _node(metric, "department", group_id, children, say)


def _department_node(
    metric: Metric, department_id: UUID, people: Sequence[Member], *, history: History, say: Say, hours: Hours
) -> Node:
    if metric.level == "department":
        key = TargetKey(metric.key, "department", department_id)
        heads = len({person.employee_id for person in people})
        return Node(key, say.wanted.get(key), say.overrides.get(key), people=heads, hours=hours)
    leaves = [_leaf(metric, person.employee_id, history=history, say=say) for person in people]
    return _node(metric, "department", department_id, leaves, say)


def _leaf(metric: Metric, employee_id: UUID, *, history: History, say: Say) -> Node:
    key = TargetKey(metric.key, "employee", employee_id)
    hours = say.hours_of(metric, employee_id)
    return Node(key, say.wanted.get(key), say.overrides.get(key), history.get(employee_id, ()), hours=hours)


def _node(metric: Metric, kind: SubjectKind, subject_id: UUID | None, children: Sequence[Node], say: Say) -> Node:
    key = TargetKey(metric.key, kind, subject_id)
    history = summed([child.history for child in children]) if metric.cumulative else ()
    own = (say.wanted.get(key), say.overrides.get(key))
    if metric.level == "company":
        return Node(key, *own, history, people=sum(child.heads for child in children))
    return Node(key, *own, history, tuple(children))
