"""Lets a change take effect in a unit of work that never commits, to see what would hold then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target import Target
from services.performance.domain.goals.target_history import Act
from services.performance.domain.organisation import Employment
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.simulation.supposition import Supposition
from services.performance.usecases.catalogue.put_scheme_in_force import NewVersion, pin_scheme
from services.performance.usecases.goals.override_target import concerned, set_target
from services.performance.usecases.goals.realign_goals import realign_goals
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.compute_results import Supposed
from services.performance.usecases.simulations.reorganise import reorganise
from shared.core.errors import placed

WHAT_IF = "simulation"
"""The reason of targets that are only supposed."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What would hold, and whose scores are looked at: those it may touch, or everybody's (None)."""

    supposed: Supposition
    """With the version of each target that it is about."""
    rulebook: Rulebook
    inputs: Supposed
    employee_ids: Collection[UUID] | None


async def suppose(work: Work, cycle_id: UUID, supposed: Supposition, *, by: str) -> Consequences:
    """Change what is supposed by the very steps that would make it true, read what follows, and take all of it back.

    Raises NotFound, Conflict (`cycle_not_plannable`, `assignment_taken`, `department_circle`), Invalid
    (`target_not_positive`, `day_outside_cycle`, places in a draft that a metric has made wrong).
    """
    async with work() as uow:
        movers = await reorganise(uow, supposed.reorganisation)
        cycle = await lock_supposed(uow, cycle_id, supposed)
        supposed.refuse_outside(cycle.period)
        versions, by_hand = await target_versions(uow, cycle, supposed), await set_by_hand(uow, cycle, supposed)
        touched = {*movers, *(await _realign(uow, cycle, supposed)), *(await _pin(uow, cycle, supposed, by=by))}
        targets = await _set_targets(uow, cycle, supposed, touched, by=by)
        released = await released_of(uow, cycle, supposed, by_hand)
        return Consequences(
            supposed=supposed.known_as(versions, released=released),
            rulebook=await uow.inputs.rulebook(cycle_id),
            inputs=await _inputs(uow, cycle, supposed, movers),
            employee_ids=None if supposed.concerns_anybody else concerned(targets, touched),
        )


async def lock_supposed(uow: UnitOfWork, cycle_id: UUID, supposed: Supposition) -> Cycle:
    """Lock what publishing locks, in its order: the scheme and its version, then every cycle that still moves.

    Raises NotFound, Conflict (`cycle_not_plannable`).
    """
    if supposed.scheme is not None:
        with placed("/scheme_id"):
            await uow.schemes.get(supposed.scheme[0])
        with placed("/version"):
            await uow.scheme_versions.of(*supposed.scheme)
        await uow.cycles.moving()
    cycle = await uow.cycles.get(cycle_id)
    cycle.require_plannable()
    return cycle


async def target_versions(uow: UnitOfWork, cycle: Cycle, supposed: Supposition) -> Mapping[UUID, int]:
    """Lock the targets that are supposed, and give their sequences. Raises NotFound."""
    found = {}
    for at, other in enumerate(supposed.targets):
        with placed(f"/targets/{at}", subject="target_id"):
            target = await uow.targets.get(other.target_id)
            target.require_in(cycle.id)
        found[target.id] = target.sequence
    return found


async def set_by_hand(uow: UnitOfWork, cycle: Cycle, supposed: Supposition) -> Mapping[UUID, int]:
    """Give the sequences of the targets that are set by hand, where some may be released."""
    found = await uow.targets.all(cycle_id=cycle.id) if supposed.releases else ()
    return {target.id: target.sequence for target in found if target.override is not None}


async def released_of(
    uow: UnitOfWork, cycle: Cycle, supposed: Supposition, by_hand: Mapping[UUID, int]
) -> Mapping[UUID, int]:
    """Give of those that were set `by_hand` the ones that no longer are."""
    still = await set_by_hand(uow, cycle, supposed)
    return {target_id: sequence for target_id, sequence in by_hand.items() if target_id not in still}


async def _realign(uow: UnitOfWork, cycle: Cycle, supposed: Supposition) -> Collection[UUID]:
    """Let plans and targets follow the organisation, as they would at this time of the cycle."""
    return await realign_goals(uow, cycle) if supposed.reorganisation else ()


async def _pin(uow: UnitOfWork, cycle: Cycle, supposed: Supposition, *, by: str) -> Collection[UUID]:
    """Pin the version, and give those whom it scores or its former one did."""
    if supposed.scheme is None:
        return ()
    scheme_id, number = supposed.scheme
    version = await uow.scheme_versions.of(scheme_id, number)
    defined = await uow.schemes.get(scheme_id)
    scheme = version.publishable(await uow.metrics.by_key())
    new = NewVersion(defined.assigned(number), scheme, supposed.scheme_effect)
    return (await pin_scheme(uow, cycle, new, by=by)).employee_ids


async def _set_targets(
    uow: UnitOfWork, cycle: Cycle, supposed: Supposition, touched: set[UUID], *, by: str
) -> list[Target]:
    """Set targets by hand, and add to `touched` whom that gives others."""
    targets = []
    for at, other in enumerate(supposed.targets):
        target = await uow.targets.get(other.target_id)
        act = Act("overridden", by, target.key, other.effect)
        with placed(f"/targets/{at}", subject="target_id"):
            touched |= set(await set_target(uow, cycle, target, other.value, reason=WHAT_IF, act=act))
        targets.append(target)
    return targets


async def _inputs(uow: UnitOfWork, cycle: Cycle, supposed: Supposition, movers: Collection[UUID]) -> Supposed:
    """Read what scores would depend on: targets, where those work who move, and departments if any lies elsewhere."""
    employments: dict[UUID, list[Employment]] = {employee_id: [] for employee_id in movers}
    for employment in await uow.org.employments(cycle.period, employee_ids=movers) if movers else ():
        employments[employment.employee_id].append(employment)
    tree = await uow.org.tree() if supposed.reorganisation.departments else None
    return Supposed(await uow.inputs.targets(cycle.id), employments, tree)
