"""Brings the targets of a cycle to what holds now: schemes, people, business targets, history, overrides."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.history import years_beside
from services.performance.domain.goals.target import Target, TargetKey
from services.performance.domain.goals.target_effect import TargetEffect
from services.performance.domain.goals.target_history import Act, moves_of
from services.performance.domain.goals.target_sheet import Grounds, revise
from services.performance.usecases.goals.announce_procedure import target_changed
from services.performance.usecases.goals.cycle_members import cycle_members
from services.performance.usecases.goals.target_desk import refuse_beyond
from services.performance.usecases.goals.working_hours import working_hours
from services.performance.usecases.ports import UnitOfWork
from shared.core.access import Grant


async def generate_targets(
    uow: UnitOfWork,
    cycle: Cycle,
    act: Act,
    *,
    settled: Target | None = None,
    steady: bool = False,
    grant: Grant | None = None,
) -> Collection[UUID]:
    """Generate the targets of a cycle, which the caller has locked, and publish those that changed.

    `settled` is a target that somebody has just set by hand or freed, `steady` leaves what stands and only gives new
    holders something to start from; `grant` is of who may move no others than are within it. Gives the employees whose
    scores depend on a target that changed. Does not commit. Raises Conflict (`tightening_unconfirmed`), Forbidden
    (`targets_beyond_reach`, `separation_of_duties`).
    """
    tree, rulebook = await uow.org.tree(), await uow.inputs.rulebook(cycle.id)
    grounds = Grounds(
        cycle=cycle,
        members=await cycle_members(uow, cycle, tree),
        schemes=rulebook.schemes,
        tree=tree,
        calendar=await uow.org.calendar(),
        business=await uow.background.business_targets(cycle.period),
        results=await uow.background.past_results(years_beside(cycle.period)),
        hours=await working_hours(uow, cycle, rulebook, tree),
        confirmed=act.about if act.kind == "confirmed" else None,
        steady=steady,
        about=act.about,
        release=act.effect is not None and act.effect.overrides == "release",
    )
    before = {target.key: target for target in await uow.targets.all(cycle_id=cycle.id)}
    revision = revise(before, grounds, tenant_id=uow.tenant_id, at=uow.now(), settled=settled)
    act = act.releasing(revision.released)
    changed = {target.key: target for target in revision.changed}
    if act.effect is not None:
        changed = _declared(act, act.effect, changed, before, grounds=grounds, today=uow.today())
    if grant is not None:
        moved = [
            target
            for key, target in changed.items()
            if key in act.released or _holds(target) != _holds(before.get(key))
        ]
        refuse_beyond(grant, moved, grounds, today=uow.today())
    await uow.targets.keep(cycle.id, list(changed.values()))
    await uow.targets.remember(moves_of(changed, before, act))
    for target in changed.values():
        uow.publish(target_changed(target, before.get(target.key), locale=uow.locale))
    return revision.people


def _holds(target: Target | None) -> tuple[object, ...]:
    """Tell what a target asks for, and asked for in the cycle."""
    return (None, ()) if target is None else (target.value, target.earlier)


def _declared(
    act: Act,
    effect: TargetEffect,
    changed: Mapping[TargetKey, Target],
    before: Mapping[TargetKey, Target],
    *,
    grounds: Grounds,
    today: date,
) -> dict[TargetKey, Target]:
    """Let changed values hold as declared. Raises Conflict (`tightening_unconfirmed`)."""
    chosen = {act.about, *act.released}
    applied = {key: effect.applied(target, before.get(key), chosen=key in chosen) for key, target in changed.items()}
    directions = {key: metric.direction for key, metric in grounds.metrics.items()}
    effect.refuse_tightening(
        sum(
            effect.tightens(target, before[key], cycle=grounds.cycle, direction=directions[key.metric], today=today)
            for key, target in applied.items()
            if key in before and key.metric in directions
        ),
        "targets would ask for more of days gone by",
    )
    return applied
