"""How the grades of each group lie beside its quotas, and what grades by rank would be."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.performance.domain.calibration.policy import DistributionPolicy, Population, QuotaRule
from services.performance.domain.calibration.populations import Group, Standing, groups_of
from services.performance.domain.calibration.proposal import Proposal, Rank, blocks_of, propose
from services.performance.domain.calibration.quotas import Bounds, Quota, whole_people
from services.performance.domain.organisation import DepartmentTree

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class GradeCount:
    """People of one grade: `computed` ones, and those in force; `over` is negative where some are missing."""

    grade: str
    computed: int
    people: int
    proposed: int | None
    """People whom grades by rank would give it; those for whom several are possible count nowhere."""
    quota: Quota | None
    required: int | None
    """The quota in whole people."""
    over: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A person whose grade by rank is another than the computed one, or who lies where a grade ends."""

    standing: Standing
    grades: tuple[str, ...]
    """One, or several where the tied wait for a decision."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a better grade ends and a worse one begins: the last people above, the first below, with all tied ones."""

    better: str
    worse: str
    people: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True)
class GroupReport:
    name: str
    kind: str
    department_id: UUID | None
    graded: int
    ungraded: int
    """Without a grade, or with one that is not on the scale: they are not counted."""
    minimum_size: int
    applies: bool
    """Whether the group is large enough for its quotas."""
    satisfied: bool | None
    """None where no quota applies."""
    possible: bool | None
    """Whether any grading meets the quotas in whole people."""
    grades: tuple[GradeCount, ...]
    moves: tuple[Ranked, ...] = ()
    boundaries: tuple[Boundary, ...] = ()


def report(policy: DistributionPolicy, rule: QuotaRule, group: Group) -> GroupReport:
    """Count one group, hold it to its quotas, and rank it."""
    return _Counting(policy, rule, group).report()


def matching(
    policy: DistributionPolicy, population: Population, people: Sequence[Standing], tree: DepartmentTree
) -> Iterator[tuple[QuotaRule, Group]]:
    """Give a population's own group under each rule that holds it to quotas, or under none."""
    (group,) = groups_of(population, people, tree)
    found = [
        rule
        for rule in policy.rules
        for each in groups_of(rule.population, people, tree)
        if each.department_id == group.department_id
    ]
    yield from ((rule, group) for rule in found or [QuotaRule("", population, ())])


class _Counting:
    def __init__(self, policy: DistributionPolicy, rule: QuotaRule, group: Group) -> None:
        self._policy, self._rule, self._group = policy, rule, group
        self._scale = {key: at for at, key in enumerate(policy.grades)}
        self._counted = [each for each in group.people if each.in_force.grade in self._scale]
        self._ranked = sorted((each for each in group.people if each.computed.grade in self._scale), key=self._order)
        self._quotas = {quota.grade: quota for quota in rule.quotas}
        self._applies = bool(rule.quotas) and len(self._counted) >= max(rule.minimum_size, 1)

    def report(self) -> GroupReport:
        required = self._required(len(self._counted))
        proposal = self._proposal()
        grades = tuple(self._count(required, proposal))
        return GroupReport(
            name=self._rule.name,
            kind=self._rule.population.kind,
            department_id=self._group.department_id,
            graded=len(self._counted),
            ungraded=len(self._group.people) - len(self._counted),
            minimum_size=self._rule.minimum_size,
            applies=self._applies,
            satisfied=all(grade.over == 0 for grade in grades) if self._applies else None,
            possible=proposal is not None if self._applies else None,
            grades=grades,
            moves=self._moves(proposal),
            boundaries=tuple(self._boundaries(proposal)),
        )

    def _order(self, person: Standing) -> tuple[Decimal, int]:
        total, grade = self._rank(person)
        return -total, grade

    def _rank(self, person: Standing) -> Rank:
        verdict = person.computed
        return verdict.total or _NOTHING, self._scale[verdict.grade or ""]

    def _required(self, people: int) -> dict[str, int]:
        """Give quotas in whole people, the best grade first, so that of equal fractions it is served first."""
        quotas = [self._quotas[grade] for grade in self._scale if grade in self._quotas]
        whole = whole_people([quota.share for quota in quotas], people, self._policy.remainder)
        return {quota.grade: number for quota, number in zip(quotas, whole, strict=True)}

    def _bounds(self, people: int) -> list[Bounds]:
        required = self._required(people)
        return [
            self._quotas[grade].bounds(required[grade], people) if grade in self._quotas else (0, people)
            for grade in self._scale
        ]

    def _proposal(self) -> Proposal | None:
        if not self._applies:
            return None
        ranks = [self._rank(person) for person in self._ranked]
        return propose(ranks, self._bounds(len(ranks)), self._policy.ties)

    def _count(self, required: dict[str, int], proposal: Proposal | None) -> Iterator[GradeCount]:
        people = Counter(each.in_force.grade for each in self._counted)
        computed = Counter(each.computed.grade for each in self._ranked)
        proposed = Counter(grades[0] for grades in proposal.grades if len(grades) == 1) if proposal else None
        for grade, at in self._scale.items():
            quota = self._quotas.get(grade)
            over = 0
            if quota is not None and self._applies:
                low, high = quota.bounds(required[grade], len(self._counted))
                over = max(people[grade] - high, 0) or min(people[grade] - low, 0)
            yield GradeCount(
                grade=grade,
                computed=computed[grade],
                people=people[grade],
                proposed=None if proposed is None else proposed[at],
                quota=quota,
                required=required.get(grade) if self._applies else None,
                over=over,
            )

    def _moves(self, proposal: Proposal | None) -> tuple[Ranked, ...]:
        found = [] if proposal is None else [self._named(proposal, at) for at in range(len(self._ranked))]
        return tuple(each for each in found if each.grades != (each.standing.computed.grade,))

    def _boundaries(self, proposal: Proposal | None) -> Iterator[Boundary]:
        """Show the people on both sides of each place where ranks were cut."""
        if proposal is None:
            return
        blocks = list(blocks_of([self._rank(person) for person in self._ranked]))
        for cut in sorted({cut for cut in proposal.cuts if 0 < cut < len(self._ranked)}):
            worse = next(grade for grade, end in enumerate(proposal.cuts) if end > cut)
            near = [at for start, end in blocks if start <= cut <= end for at in range(start, end)]
            yield Boundary(
                better=self._policy.grades[proposal.cuts.index(cut)],
                worse=self._policy.grades[worse],
                people=tuple(self._named(proposal, at) for at in near),
            )

    def _named(self, proposal: Proposal, at: int) -> Ranked:
        return Ranked(self._ranked[at], tuple(self._policy.grades[grade] for grade in proposal.grades[at]))
