"""The targets of a cycle as a whole: a pure function of rules, people, the business, history and what is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.business_target import BusinessTarget, wanted_in
from services.performance.domain.goals.history import PastResult, history_beside
from services.performance.domain.goals.target import NO_GOAL, SET_BY_HAND, Target, TargetKey
from services.performance.domain.goals.target_generation import Generated, generate
from services.performance.domain.goals.target_holders import (
    History,
    Say,
    WorkingHours,
    company_node,
    holders_of_metrics,
)
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Member, Version
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.texts import Texts
from shared.core.periods import WorkCalendar

Known = Mapping[TargetKey, Target]
Held = Mapping[str, tuple[Metric, Sequence[Member]]]
"""Metrics by key, each with its holders."""


_FOREIGN = Texts(
    "业务目标以{asked}计，指标以{own}计，因此不采用；",
    "the business target is in {asked}, the metric in {own}, so it is not taken; ",
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What targets follow from."""

    cycle: Cycle
    members: Sequence[Member]
    schemes: Mapping[Version, Scheme]
    tree: DepartmentTree
    calendar: WorkCalendar
    business: Mapping[TargetKey, Sequence[BusinessTarget]]
    results: Mapping[tuple[UUID, str], Sequence[PastResult]]
    """By employee and metric key."""
    hours: WorkingHours = field(default_factory=dict)
    confirmed: TargetKey | None = None
    """The subject for which HR has confirmed what the business wants."""
    steady: bool = False
    """Whether goals are set already: what stands stays, only new holders get something to start from."""
    about: str | None = None
    """The one metric that it is about; None for all."""

    @property
    def metrics(self) -> Mapping[str, Metric]:
        return {item.metric.key: item.metric for scheme in self.schemes.values() for item in scheme.counted}

    def history_of(self, metric: Metric, holders: Sequence[Member]) -> History:
        return {
            each.employee_id: history_beside(
                self.cycle.period,
                self.results.get((each.employee_id, metric.key), ()),
                cumulative=metric.cumulative,
            )
            for each in holders
        }


@dataclass(frozen=True, slots=True)
class Revision:
    """Targets that came out differently, and the people whose scores depend on one of which the value did."""

    changed: tuple[Target, ...]
    people: frozenset[UUID]


def revise(known: Known, grounds: Grounds, *, tenant_id: UUID, at: datetime) -> Revision:
    """Generate every target anew.

    What was set by hand stays; a business target that moved too far is proposed and otherwise left as it was; who no
    longer holds a metric has no target for it. Where goals are steady, nobody's share moves because others come or go.
    """
    wanted, asked = _heard(known, grounds)
    foreign = {key: found for key in grounds.business if (found := _in_another_currency(grounds, key))}
    overrides = {key: target.override for key, target in known.items() if target.override is not None}
    say = Say(wanted, overrides, grounds.hours)
    places: dict[UUID | None, UUID] = {each.employee_id: each.department_id for each in grounds.members}
    held = holders_of_metrics(grounds.members, grounds.schemes, wanted=frozenset(key.metric for key in wanted))
    lines = {key: _said(line, foreign.get(key)) for key, line in _generated(known, grounds, held, say=say).items()}
    everything = (
        _target(known, line, grounds.cycle, tenant_id=tenant_id, at=at).regenerated(
            line.goal,
            unassigned=line.unassigned,
            asked=asked.get(key),
            department_id=places.get(key.subject_id, key.subject_id),
            at=at,
        )
        for key, line in lines.items()
        if grounds.about in {None, key.metric}
    )
    changed = [target for target in everything if target is not None]
    moved = [each for each in changed if _value(known, each.key) != each.value]
    return Revision(tuple(changed), frozenset(_people_behind(moved, held)))


def _heard(known: Known, grounds: Grounds) -> tuple[Mapping[TargetKey, Decimal], Mapping[TargetKey, Decimal]]:
    """Take what the business wants now; where that moved too far, what it wanted before, and ask for the new."""
    wanted, asked, metrics = {}, {}, grounds.metrics
    for key, targets in grounds.business.items():
        metric = metrics.get(key.metric)
        if metric is None:
            continue
        own = [target for target in targets if target.is_in(metric.currency)]
        value = wanted_in(grounds.cycle.period, own, calendar=grounds.calendar, cumulative=metric.cumulative)
        if value is None:
            continue
        before = known[key].goal if key in known else NO_GOAL
        previous = before.value if before.origin == "business" else None
        doubtful = key != grounds.confirmed and grounds.cycle.needs_confirmation(previous, value)
        if previous is not None and doubtful:
            wanted[key], asked[key] = previous, value
        else:
            wanted[key] = value
    return wanted, asked


def _in_another_currency(grounds: Grounds, key: TargetKey) -> Texts | None:
    """Say why a business target is not taken, where no other holds in its place."""
    metric = grounds.metrics.get(key.metric)
    touching = [target for target in grounds.business[key] if target.period.overlap(grounds.cycle.period)]
    if metric is None or not touching or any(target.is_in(metric.currency) for target in touching):
        return None
    return _FOREIGN.filled(asked=touching[-1].currency, own=metric.currency)


def _said(line: Generated, foreign: Texts | None) -> Generated:
    """Let the reason of a goal begin with why the business was not heard."""
    if foreign is None:
        return line
    return replace(line, goal=replace(line.goal, reason=foreign + line.goal.reason))


def _generated(known: Known, grounds: Grounds, held: Held, *, say: Say) -> Mapping[TargetKey, Generated]:
    """Generate a line for every target that may change."""
    lines = {
        line.key: line
        for metric, holders in held.values()
        for line in _lines(metric, holders, grounds=grounds, say=say)
    }
    if grounds.steady:
        return {key: _first(line, say.wanted) for key, line in lines.items() if key not in known}
    return lines | {key: Generated(key, NO_GOAL, Decimal(0)) for key in known if key not in lines}


def _lines(metric: Metric, holders: Sequence[Member], *, grounds: Grounds, say: Say) -> Iterator[Generated]:
    history = grounds.history_of(metric, holders)
    root = company_node(metric, holders, history=history, say=say, tree=grounds.tree)
    return generate(root, metric, grounds.cycle.terms)


def _target(known: Known, line: Generated, cycle: Cycle, *, tenant_id: UUID, at: datetime) -> Target:
    return known.get(line.key) or Target.blank(cycle.id, line.key, tenant_id=tenant_id, at=at)


def _first(line: Generated, wanted: Mapping[TargetKey, Decimal]) -> Generated:
    """Give a newcomer no share that the others already have."""
    if line.goal.origin == "business" and line.key not in wanted:
        return Generated(line.key, replace(line.goal, value=None, origin="none", reason=SET_BY_HAND), Decimal(0))
    return line


def _value(known: Known, key: TargetKey) -> Decimal | None:
    return known[key].value if key in known else None


def _people_behind(moved: Sequence[Target], held: Held) -> Iterator[UUID]:
    """Find whose scores read a target: the person's own, or everybody's of a metric that counts above people."""
    for target in moved:
        metric, holders = held.get(target.key.metric, (None, ()))
        if target.key.subject_kind == "employee" and target.key.subject_id is not None:
            yield target.key.subject_id
        elif metric is not None and target.key.subject_kind == metric.level:
            yield from (holder.employee_id for holder in holders)
