"""Generates a metric's targets: what the business wants flows down to the holders, history speaks where it is silent.

The company stands above departments, departments above the holders of the metric. What grows with time is divided,
exactly and by head; a rate is the same for everybody. A value set by hand, or wanted by the business for this very
subject, stays whatever the others get.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.performance.domain.cycle import Terms
from services.performance.domain.goals.cascade import MONEY_PLACES, Claim, Split, split
from services.performance.domain.goals.target import SET_BY_HAND, Goal, MeantFor, TargetKey
from services.performance.domain.goals.target_proposal import (
    PastYear,
    Proposal,
    propose_from_business,
    propose_from_history,
    propose_same_for_all,
)
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.texts import Texts
from shared.core.decimals import places

_BY_HAND = Texts("人工设定", "set by hand")


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


@dataclass(frozen=True, slots=True)
class Generated:
    key: TargetKey
    goal: Goal
    unassigned: Decimal


@dataclass(frozen=True, slots=True)
class _Source:
    """The business target a share comes from, and over how many people it goes."""

    total: Decimal
    heads: int


def generate(root: Node, metric: Metric, terms: Terms) -> Iterator[Generated]:
    """Give `root` and everybody below it a goal."""
    yield from _descend(root, metric, terms, share=None, source=None)


def _descend(
    node: Node, metric: Metric, terms: Terms, *, share: Decimal | None, source: _Source | None
) -> Iterator[Generated]:
    value = share if node.fixed is None else node.fixed
    if node.wanted is not None:
        source = _Source(node.wanted, node.heads)
    parts = _divided(value, node.children, cumulative=metric.cumulative)
    yield Generated(node.key, _goal(node, metric, terms, share=share, source=source), parts.unassigned)
    below = source if node.override is None else None
    for child in node.children:
        yield from _descend(child, metric, terms, share=parts.parts.get(child.subject), source=below)


def _divided(value: Decimal | None, children: Sequence[Node], *, cumulative: bool) -> Split:
    """Divide by head what grows with time; hand a rate on as it is."""
    if value is None or not children:
        return Split(Decimal(0), {}, Decimal(0))
    fixed = {child.subject: child.fixed for child in children}
    if not cumulative:
        parts = {subject: value if own is None else own for subject, own in fixed.items()}
        return Split(value, parts, Decimal(0))
    claims = [Claim(child.subject, fte=Decimal(child.heads), override=child.fixed) for child in children]
    numbers = [value, *(own for own in fixed.values() if own is not None)]
    return split(value, claims, method="fte", digits=max(MONEY_PLACES, *map(places, numbers)))


def _goal(node: Node, metric: Metric, terms: Terms, *, share: Decimal | None, source: _Source | None) -> Goal:
    value = share if node.wanted is None else node.wanted
    meant_for: MeantFor = "full_time" if node.wanted is None else "person"
    if node.override is not None and node.wanted is None:
        return Goal(node.override, "manual", _BY_HAND, node.history)
    if value is not None and source is not None:
        return _of(_from_business(value, node, metric, terms, source=source), "business", meant_for)
    if value is None and not node.children:
        growth = terms.growth if metric.direction == "higher" else -terms.growth
        proposal = propose_from_history(node.history, growth=growth, far_off=terms.history_mark)
        if proposal is not None:
            return _of(proposal, "history", "person")
    return Goal(value, "none" if value is None else "manual", SET_BY_HAND if value is None else _BY_HAND, node.history)


def _from_business(value: Decimal, node: Node, metric: Metric, terms: Terms, *, source: _Source) -> Proposal:
    if not metric.cumulative:
        return propose_same_for_all(value, total=source.total, history=node.history, far_off=terms.history_mark)
    return propose_from_business(
        value,
        total=source.total,
        holders=source.heads,
        method="equal",
        history=node.history,
        far_off=terms.history_mark,
    )


def _of(proposal: Proposal, origin: Literal["business", "history"], meant_for: MeantFor) -> Goal:
    return Goal(
        value=proposal.value,
        origin=origin,
        reason=proposal.reason,
        history=proposal.history,
        deviation=proposal.deviation,
        far_off=proposal.far_off,
        meant_for=meant_for,
    )
