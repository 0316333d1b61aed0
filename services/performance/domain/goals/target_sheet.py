"""The targets of a cycle as a whole: a pure function of rules, people, the business, history and what is known."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.business_target import BusinessTarget, wanted_in
from services.performance.domain.goals.history import PastResult, history_beside
from services.performance.domain.goals.reallocation import Known, Reallocation
from services.performance.domain.goals.target import NO_GOAL, SET_BY_HAND, Goal, Target, TargetKey
from services.performance.domain.goals.target_generation import Generated, Node, generate
from services.performance.domain.goals.target_holders import (
    History,
    Say,
    WorkingHours,
    belongs_to,
    company_node,
    group_of,
    holders_of_metrics,
    scored_at,
)
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Member, Version
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.texts import Texts, shown
from shared.core.periods import WorkCalendar

Held = Mapping[str, tuple[Metric, Sequence[Member]]]
"""Metrics by key, each with its holders."""


_FOREIGN = Texts(
    "业务目标以{asked}计，指标以{own}计，因此不采用；",
    "the business target is in {asked}, the metric in {own}, so it is not taken; ",
)

_HELD_BY_NOBODY = Texts(
    "业务目标 {wanted}，但没有人按此指标考核，因此不采用",
    "the business wants {wanted}, but nobody there is scored by this metric, so it is not taken",
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
    about: TargetKey | None = None
    """The one target that somebody acts upon by hand; None where everything is generated."""
    release: bool = False
    """Whether what was set by hand below it is generated again."""

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
    released: frozenset[TargetKey] = frozenset()
    """Of which of them what was set by hand was given up for an act about another one."""


def revise(
    before: Known, grounds: Grounds, *, tenant_id: UUID, at: datetime, settled: Target | None = None
) -> Revision:
    """Generate every target anew or, where `settled` was set or freed by hand, what stands beside and below it.

    What was set by hand stays unless the act releases it; a business target that moved too far is proposed and
    otherwise left as it was; who no longer holds a metric has no target for it. Where goals are steady, nobody's share
    moves because others come or go.
    """
    decided = {} if settled is None else {settled.key: settled}
    wanted, asked = _heard({**before, **decided}, grounds)
    held = holders_of_metrics(grounds.members, grounds.schemes, wanted=frozenset(key.metric for key in wanted))
    freed = _freed(before, grounds, held, say=Say(wanted, {}), at=at)
    known = {**before, **decided, **freed}
    say = Say(wanted, _overrides(known), grounds.hours)
    lines = _generated(before, grounds, held, say=say)
    changed = decided | freed | _regenerated(known, lines, grounds, asked=asked, tenant_id=tenant_id, at=at)
    moved = [each for key, each in changed.items() if key in freed or _value(before, key) != each.value]
    return Revision(tuple(changed.values()), frozenset(_people_behind(moved, held)), frozenset(freed))


def _freed(before: Known, grounds: Grounds, held: Held, *, say: Say, at: datetime) -> dict[TargetKey, Target]:
    """Lift what was set by hand below the target that somebody acts upon, where that is meant."""
    below = _below(before, grounds, held, say=say) if grounds.release else ()
    return {key: before[key].lifted(at=at) for key in below if key in before and before[key].override is not None}


def _overrides(known: Known) -> dict[TargetKey, Decimal]:
    return {key: target.override for key, target in known.items() if target.override is not None}


def _regenerated(
    known: Known,
    lines: Mapping[TargetKey, Generated],
    grounds: Grounds,
    *,
    asked: Mapping[TargetKey, Decimal],
    tenant_id: UUID,
    at: datetime,
) -> dict[TargetKey, Target]:
    """Let targets take what is generated; gives those for which that is something new."""
    places = {each.employee_id: each for each in grounds.members}
    blank = partial(Target.blank, grounds.cycle.id, tenant_id=tenant_id, at=at)
    everything = (
        target.regenerated(
            line.goal,
            unassigned=line.unassigned,
            asked=asked.get(key),
            department_id=belongs_to(target, places, grounds.schemes),
            at=at,
        )
        for key, line in lines.items()
        for target in [known.get(key) or blank(key)]
    )
    return {target.key: target for target in everything if target is not None}


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


def _generated(before: Known, grounds: Grounds, held: Held, *, say: Say) -> Mapping[TargetKey, Generated]:
    """Generate a line for every target that may change."""
    about = grounds.about
    if about is not None and about.subject_kind != "company":
        return _beside(before, about, grounds, held, say=say)
    concerned = [each for key, each in held.items() if about is None or key == about.metric]
    lines = {
        line.key: _said(line, grounds)
        for metric, holders in concerned
        for line in generate(_root(metric, holders, grounds=grounds, say=say), metric, grounds.cycle.terms)
    }
    if grounds.steady:
        return {key: _first(line, say.wanted) for key, line in lines.items() if key not in before}
    others = (key for key in {**before, **say.wanted} if about is None or key.metric == about.metric)
    return {key: Generated(key, _unheld(say.wanted.get(key)), Decimal(0)) for key in others} | lines


def _unheld(wanted: Decimal | None) -> Goal:
    """Say what becomes of a target whose subject does not hold the metric."""
    return NO_GOAL if wanted is None else replace(NO_GOAL, reason=_HELD_BY_NOBODY.filled(wanted=shown(wanted)))


def _beside(
    before: Known, about: TargetKey, grounds: Grounds, held: Held, *, say: Say
) -> Mapping[TargetKey, Generated]:
    """Generate what stands beside and below a target that somebody acts upon."""
    if about.metric not in held:
        return {about: Generated(about, NO_GOAL, Decimal(0))}
    again = _reallocation(before, about, grounds, held, say=say)
    lines = again.lines(held[about.metric][0], grounds.cycle.terms)
    return {key: line if _kept(before, line) else _said(line, grounds) for key, line in lines.items()}


def _below(before: Known, grounds: Grounds, held: Held, *, say: Say) -> Collection[TargetKey]:
    """Find what stands below the target that somebody acts upon: of the company's all that there is of the metric."""
    about = grounds.about
    if about is None or about.metric not in held:
        return ()
    if about.subject_kind == "company":
        return [key for key in before if key.metric == about.metric and key != about]
    return _reallocation(before, about, grounds, held, say=say).below()


def _reallocation(before: Known, about: TargetKey, grounds: Grounds, held: Held, *, say: Say) -> Reallocation:
    metric, holders = held[about.metric]
    return Reallocation(
        before,
        about,
        _root(metric, holders, grounds=grounds, say=say),
        home_of=_homes(metric, grounds),
        group_of=lambda department_id: group_of(metric, department_id, say, grounds.tree),
    )


def _homes(metric: Metric, grounds: Grounds) -> Callable[[Target], UUID | None]:
    """Tell of whose target a person's was divided: where the metric counted when the person was last looked at."""
    places: dict[UUID | None, Sequence[Member]] = {each.employee_id: each.places for each in grounds.members}

    def home_of(target: Target) -> UUID | None:
        last, own = target.department_id, places.get(target.key.subject_id, ())
        return None if last is None else scored_at(metric.key, own, grounds.schemes, last=last)

    return home_of


def _root(metric: Metric, holders: Sequence[Member], *, grounds: Grounds, say: Say) -> Node:
    history = grounds.history_of(metric, holders)
    return company_node(metric, holders, history=history, say=say, tree=grounds.tree)


def _kept(before: Known, line: Generated) -> bool:
    return line.key in before and line.goal is before[line.key].goal


def _said(line: Generated, grounds: Grounds) -> Generated:
    """Let the reason of a goal begin with why the business was not heard."""
    foreign = _in_another_currency(grounds, line.key) if line.key in grounds.business else None
    if foreign is None:
        return line
    return replace(line, goal=replace(line.goal, reason=foreign + line.goal.reason))


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
