"""Generates a metric's targets: what the business wants flows down to the holders, history speaks where it is silent.

The company stands above departments, departments above the holders of the metric. What grows with time is divided,
exactly, by what the cycle says; a rate is the same for everybody. A value set by hand, or wanted by the business for
this very subject, stays whatever the others get.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from services.performance.domain.cycle import Terms
from services.performance.domain.goals.cascade import MONEY_PLACES, RATE_PLACES, Cascade, Claim, Split, split
from services.performance.domain.goals.division import Past, Portion, portions
from services.performance.domain.goals.target import SET_BY_HAND, Goal, MeantFor, TargetKey
from services.performance.domain.goals.target_proposal import (
    PastYear,
    Proposal,
    deviation_of,
    mean_of,
    propose_from_business,
    propose_from_history,
    propose_same_for_all,
)
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.texts import Texts
from shared.core.decimals import places

_BY_HAND = Texts("人工设定", "set by hand")


@dataclass(frozen=True, slots=True)
class Hours:
    """How much some people work in a cycle, where a metric counts."""

    fte: Fraction = Fraction(0)
    days: Fraction = Fraction(0)
    """Eligible workdays times FTE."""
    places: Mapping[UUID, Fraction] = field(default_factory=dict)
    """The days by department, of one person."""

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(self.fte + other.fte, self.days + other.days)

    def at(self, department_id: UUID, among: Collection[UUID]) -> "Hours":
        """Divide a person's between the departments `among` which they are, by the days there."""
        own, together = self.places.get(department_id, 0), sum(self.places.get(each, 0) for each in among)
        part = Fraction(own) / together if together else Fraction(1, len(among))
        return Hours(self.fte * part, self.days * part)


@dataclass(frozen=True, slots=True)
class Node:
    """A subject that may have a target, and those among whom its target is divided."""

    key: TargetKey
    wanted: Decimal | None
    """What the business wants of this very subject."""
    override: Decimal | None
    history: tuple[PastYear, ...] = ()
    children: tuple["Node", ...] = ()
    people: int = 1
    """How many stand behind it where it has no children."""
    hours: Hours = Hours()
    """Theirs."""

    @property
    def subject(self) -> UUID:
        if self.key.subject_id is None:
            raise LookupError("only the root has no subject")
        return self.key.subject_id

    @property
    def fixed(self) -> Decimal | None:
        return self.wanted if self.override is None else self.override

    @property
    def heads(self) -> int:
        """How many people stand behind it."""
        return sum(child.heads for child in self.children) if self.children else self.people

    @property
    def fte(self) -> Fraction:
        return sum((child.fte for child in self.children), Fraction(0)) if self.children else self.hours.fte

    @property
    def days(self) -> Fraction:
        return sum((child.days for child in self.children), Fraction(0)) if self.children else self.hours.days

    @property
    def past(self) -> Past:
        """What the people behind it reached; less than nothing counts as nothing."""
        if self.children:
            return sum((child.past for child in self.children), Past())
        mean = mean_of(self.history)
        return Past(unknown=self.people) if mean is None else Past(max(mean, Fraction(0)), known=self.people)


@dataclass(frozen=True, slots=True)
class Generated:
    key: TargetKey
    goal: Goal
    unassigned: Decimal


@dataclass(frozen=True, slots=True)
class _Source:
    """The business target a share comes from, over how many people it goes, and how far it is from their past."""

    total: Decimal
    heads: int
    growth: Decimal | None


@dataclass(frozen=True, slots=True)
class _Given:
    """What comes from above, and why so much."""

    share: Decimal | None = None
    source: _Source | None = None
    portion: Portion | None = None
    divided: bool = False
    """Whether what is above is divided, so that nothing may come on top of it."""


def generate(root: Node, metric: Metric, terms: Terms) -> Iterator[Generated]:
    """Give `root` and everybody below it a goal."""
    yield from _descend(root, metric, terms, _Given())


def generate_below(
    path: Sequence[Node], metric: Metric, terms: Terms, *, standing: Mapping[TargetKey, Decimal | None]
) -> Iterator[Generated]:
    """Divide again what the last node of a path from the root stands at; the nodes above only say whence it comes."""
    *above, parent = (_as_it_stands(node, standing) for node in path)
    given = _Given()
    for node in above:
        given = _handed_on(node, standing.get(node.key), metric, given)
    yield from _descend(parent, metric, terms, replace(given, share=standing.get(parent.key)))


def _as_it_stands(node: Node, standing: Mapping[TargetKey, Decimal | None]) -> Node:
    moved = node.wanted is not None and node.override is None
    return replace(node, wanted=standing.get(node.key)) if moved else node


def _descend(node: Node, metric: Metric, terms: Terms, given: _Given) -> Iterator[Generated]:
    value = given.share if node.fixed is None else node.fixed
    why = _portions(node.children, metric, terms.cascade)
    dividing = Decimal(0) if value is None and given.divided else value
    parts = _divided(dividing, node.children, why, cumulative=metric.cumulative)
    goal = _goal(node, metric, terms, replace(given, source=_source_of(node, given)))
    yield Generated(node.key, goal, parts.unassigned)
    handed = _handed_on(node, value, metric, given)
    for child in node.children:
        share, portion = parts.parts.get(child.subject), why.get(child.subject)
        yield from _descend(child, metric, terms, replace(handed, share=share, portion=portion))


def _source_of(node: Node, given: _Given) -> _Source | None:
    if node.wanted is None:
        return given.source
    return _Source(node.wanted, node.heads, deviation_of(node.wanted, node.history))


def _handed_on(node: Node, value: Decimal | None, metric: Metric, given: _Given) -> _Given:
    """Say where what stands below comes from, and whether it is divided there."""
    source = _source_of(node, given) if node.override is None else None
    return _Given(source=source, divided=metric.cumulative and (given.divided or value is not None))


def _portions(children: Sequence[Node], metric: Metric, cascade: Cascade) -> dict[UUID, Portion]:
    """Weigh those who share what is left by those whose part is settled."""
    if not metric.cumulative:
        return {}
    sharing = [child for child in children if child.fixed is None]
    people = any(child.key.subject_kind == "employee" for child in children)
    found = portions(cascade.people if people else cascade.departments, sharing)
    return dict(zip((child.subject for child in sharing), found, strict=True))


def _divided(value: Decimal | None, children: Sequence[Node], why: dict[UUID, Portion], *, cumulative: bool) -> Split:
    """Divide what grows with time; hand a rate on as it is."""
    if value is None or not children:
        return Split(Decimal(0), {}, Decimal(0))
    fixed = {child.subject: child.fixed for child in children}
    if not cumulative:
        parts = {subject: value if own is None else own for subject, own in fixed.items()}
        return Split(value, parts, Decimal(0))
    claims = [
        Claim(subject, override=own) if own is not None else Claim(subject, why[subject].weight)
        for subject, own in fixed.items()
    ]
    numbers = [value, *(own for own in fixed.values() if own is not None)]
    return split(value, claims, digits=max(MONEY_PLACES, *map(places, numbers)))


def _goal(node: Node, metric: Metric, terms: Terms, given: _Given) -> Goal:
    value = given.share if node.wanted is None else node.wanted
    if node.override is not None and node.wanted is None:
        return Goal(node.override, "manual", _BY_HAND, node.history)
    if value is not None and given.source is not None:
        portion = given.portion if node.wanted is None else None
        goal = _of(_from_business(value, node, metric, terms, source=given.source, portion=portion), "business")
        return _meant(goal, node, portion)
    if value is None and not node.children and not given.divided:
        growth = terms.growth if metric.direction == "higher" else -terms.growth
        proposal = propose_from_history(
            node.history, growth=growth, far_off=terms.history_mark, digits=_places_of(metric)
        )
        if proposal is not None:
            return replace(_of(proposal, "history"), meant_for="person")
    return Goal(value, "none" if value is None else "manual", SET_BY_HAND if value is None else _BY_HAND, node.history)


def _meant(goal: Goal, node: Node, portion: Portion | None) -> Goal:
    """Say whom a value is meant for: what is divided by FTE or by days has them in it already."""
    if node.wanted is not None:
        return replace(goal, meant_for="person")
    if portion is None or portion.instead == "equal" or node.key.subject_kind != "employee":
        return replace(goal, portion=portion)
    meant: MeantFor = "full_time"
    if portion.basis == "fte":
        meant = "person"
    elif portion.basis == "eligible_days":
        meant = "workdays"
    return replace(goal, portion=portion, meant_for=meant)


def _from_business(
    value: Decimal, node: Node, metric: Metric, terms: Terms, *, source: _Source, portion: Portion | None
) -> Proposal:
    if not metric.cumulative:
        return propose_same_for_all(
            value, total=source.total, history=node.history, far_off=terms.history_mark, digits=_places_of(metric)
        )
    return propose_from_business(
        value,
        total=source.total,
        holders=source.heads,
        method=None if portion is None else portion.words,
        growth=source.growth if node.wanted is None else None,
        history=node.history,
        far_off=terms.history_mark,
    )


def _places_of(metric: Metric) -> int:
    """Give cents for what adds up; of a rate 0.03 and 0.034 are far apart."""
    return MONEY_PLACES if metric.cumulative else RATE_PLACES


def _of(proposal: Proposal, origin: Literal["business", "history"]) -> Goal:
    return Goal(proposal.value, origin, proposal.reason, proposal.history, proposal.deviation, far_off=proposal.far_off)
