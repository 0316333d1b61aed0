"""What an act by hand divides again: what stands beside and below one target; everything else stays as it stands."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from services.performance.domain.cycle import Terms
from services.performance.domain.goals.target import NO_GOAL, Target, TargetKey
from services.performance.domain.goals.target_generation import Generated, Node, generate_below
from services.performance.domain.schemes.metric import Metric

Known = Mapping[TargetKey, Target]


@dataclass(frozen=True, slots=True)
class Reallocation:
    """The targets of one metric as they were before somebody set or freed the one that it is `about`."""

    known: Known
    about: TargetKey
    root: Node
    """Whoever holds the metric now, below the company."""
    home_of: Callable[[Target], UUID | None]
    """Gives the department of whose target a person's was divided."""
    group_of: Callable[[UUID], UUID]
    """Gives the department of whose target a department's is a part, or itself where that is the company's."""

    def lines(self, metric: Metric, terms: Terms) -> dict[TargetKey, Generated]:
        """Divide again what the parent of the target stands at, to the last unit.

        Who has come shares in it; who is counted elsewhere by now keeps what they had of it until something is divided
        there, and then it is nobody's here.
        """
        path = self._path()
        if not path:
            return {self.about: Generated(self.about, NO_GOAL, Decimal(0))}
        parent, standing = path[-1], {key: target.value for key, target in self.known.items()}
        present = _keys(parent)
        away = self._away(metric, present)
        whole = (*path[:-1], _with_away(parent, away))
        divided = {line.key: line for line in generate_below(whole, metric, terms, standing=standing)}
        lines = {key: line for key, line in divided.items() if key in present}
        if parent.key in self.known:
            lines[parent.key] = replace(lines[parent.key], goal=self.known[parent.key].goal)
        lines |= self._gone(lines)
        return lines | self._left_behind(lines) if metric.cumulative else lines

    def below(self) -> frozenset[TargetKey]:
        """Find what stands below the target, that of those included who no longer hold the metric."""
        if not self._path():
            return frozenset()
        own = _path_to(self.root, lambda node: node.key == self.about)
        present = frozenset({self.about}).union(*map(_keys, own[-1:]))
        return (present | self._ended(present)) - {self.about}

    def _path(self) -> tuple[Node, ...]:
        """Lead from the company to whatever the target is a part of, or was when it was divided."""
        beside = _path_to(self.root, lambda node: any(child.key == self.about for child in node.children))
        above = self._above(self.known[self.about]) if self.about in self.known else None
        return beside or _path_to(self.root, lambda node: node.key == above)

    def _above(self, target: Target) -> TargetKey:
        """Tell of what a target was a part."""
        if target.key.subject_kind == "employee":
            return replace(target.key, subject_kind="department", subject_id=self.home_of(target))
        own = target.key.subject_id
        group = None if own is None else self.group_of(own)
        return TargetKey(target.key.metric, "company") if group == own else replace(target.key, subject_id=group)

    @property
    def _people(self) -> Iterator[Target]:
        return (
            each
            for each in self.known.values()
            if (each.key.metric, each.key.subject_kind) == (self.about.metric, "employee")
        )

    def _away(self, metric: Metric, present: frozenset[TargetKey]) -> Mapping[TargetKey, list[Node]]:
        """Find by department who still has a part of what is divided, and holds the metric elsewhere by now."""
        found: dict[TargetKey, list[Node]] = defaultdict(list)
        elsewhere = _keys(self.root) - present if metric.cumulative else ()
        for target in self._people:
            if target.key in elsewhere and target.value is not None:
                found[self._above(target)].append(Node(target.key, None, target.value))
        return found

    def _gone(self, lines: Mapping[TargetKey, Generated]) -> dict[TargetKey, Generated]:
        """End the targets beside and below of those who no longer hold the metric, as far as they had one."""
        ended = (key for key in self._ended(lines) if self.known[key].goal.origin != "none")
        return {key: Generated(key, NO_GOAL, Decimal(0)) for key in ended}

    def _ended(self, places: Collection[TargetKey]) -> frozenset[TargetKey]:
        """Find below some places who no longer hold the metric."""
        holders, ended = _keys(self.root), set[TargetKey]()
        for kind in ("department", "employee"):
            ended |= {
                key
                for key, target in self.known.items()
                if (key.metric, key.subject_kind) == (self.about.metric, kind)
                and key not in holders
                and self._above(target) in ended.union(places)
            }
        return frozenset(ended)

    def _left_behind(self, lines: Mapping[TargetKey, Generated]) -> dict[TargetKey, Generated]:
        """Leave unassigned, where they were, the parts of those who are divided for elsewhere from now on."""
        freed: dict[TargetKey, Decimal] = defaultdict(Decimal)
        for former in self._people:
            place = self._above(former)
            if former.key in lines and place not in lines and place in self.known:
                freed[place] += former.value or Decimal(0)
        return {key: _with_more_left(self.known[key], part) for key, part in freed.items()}


def _with_more_left(target: Target, part: Decimal) -> Generated:
    return Generated(target.key, target.goal, target.unassigned + part)


def _keys(node: Node) -> frozenset[TargetKey]:
    """Give the keys of a node and of everybody below it."""
    return frozenset({node.key}).union(*map(_keys, node.children))


def _path_to(node: Node, wanted: Callable[[Node], bool]) -> tuple[Node, ...]:
    """Give the nodes that lead to one, which is the last; nothing where there is none."""
    if wanted(node):
        return (node,)
    paths = (_path_to(child, wanted) for child in node.children)
    return next(((node, *path) for path in paths if path), ())


def _with_away(node: Node, away: Mapping[TargetKey, list[Node]]) -> Node:
    below = (_with_away(child, away) for child in node.children)
    return replace(node, children=(*below, *away.get(node.key, ())))
