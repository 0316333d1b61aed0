"""Lets a change take effect in a unit of work that never commits, to see what would hold then."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target import Target
from services.performance.domain.goals.target_effect import TargetEffect
from services.performance.domain.goals.target_history import Act
from services.performance.domain.organisation import Employment
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.simulation.supposition import Supposition
from services.performance.usecases.catalogue.put_scheme_in_force import NewVersion, pin_scheme
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.goals.override_target import concerned, set_target
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.compute_results import Supposed
from shared.core.errors import NotFound

WHAT_IF = "simulation"
"""The reason of targets that are only supposed."""
MEANT = TargetEffect(tightening_confirmed=True)
"""Who simulates sees what a target does to days gone by."""


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

    Raises NotFound, Conflict (`cycle_not_plannable`, `assignment_taken`), Invalid (`target_not_positive`,
    `day_outside_cycle`).
    """
    async with work() as uow:
        cycle = await lock_supposed(uow, cycle_id, supposed)
        supposed.refuse_outside(cycle.period)
        known = supposed.known_as(await target_versions(uow, cycle, supposed))
        touched = set(await _move(uow, cycle, supposed)) | set(await _pin(uow, cycle, supposed, by=by))
        targets = await _set_targets(uow, cycle, supposed, touched, by=by)
        return Consequences(
            supposed=known,
            rulebook=await uow.inputs.rulebook(cycle_id),
            inputs=Supposed(await uow.inputs.targets(cycle_id), await _employments(uow, cycle, supposed)),
            employee_ids=None if supposed.bonus_bands else concerned(targets, touched),
        )


async def lock_supposed(uow: UnitOfWork, cycle_id: UUID, supposed: Supposition) -> Cycle:
    """Lock what publishing locks, in its order: the scheme and its version, then every cycle that still moves.

    Raises NotFound, Conflict (`cycle_not_plannable`).
    """
    if supposed.scheme is not None:
        await uow.schemes.get(supposed.scheme[0])
        await uow.scheme_versions.of(*supposed.scheme)
        await uow.cycles.moving()
    cycle = await uow.cycles.get(cycle_id)
    cycle.require_plannable()
    return cycle


async def target_versions(uow: UnitOfWork, cycle: Cycle, supposed: Supposition) -> Mapping[UUID, int]:
    """Lock the targets that are supposed, and give their sequences. Raises NotFound."""
    found = [await uow.targets.get(other.target_id) for other in supposed.targets]
    for target in found:
        target.require_in(cycle.id)
    return {target.id: target.sequence for target in found}


async def _move(uow: UnitOfWork, cycle: Cycle, supposed: Supposition) -> Collection[UUID]:
    """Let people work elsewhere, with what that does to targets at this time of the cycle."""
    if not supposed.moves:
        return ()
    tree = await uow.org.tree()
    for move in supposed.moves:
        if tree.get(move.department_id) is None:
            raise NotFound("department_not_found", "There is no such department.")
        await uow.org.suppose_move(move, new_id=uow.new_id)
    others = await generate_targets(uow, cycle, Act("organisation"), steady=uow.today() > cycle.terms.plan_due_on)
    return {*others, *supposed.movers}


async def _pin(uow: UnitOfWork, cycle: Cycle, supposed: Supposition, *, by: str) -> Collection[UUID]:
    """Pin the version, and give those whom it scores or its former one did."""
    if supposed.scheme is None:
        return ()
    scheme_id, number = supposed.scheme
    version = await uow.scheme_versions.of(scheme_id, number)
    defined = await uow.schemes.get(scheme_id)
    scheme = version.read(await uow.metrics.by_key())
    new = NewVersion(defined.assigned(number), scheme, supposed.scheme_effect)
    return (await pin_scheme(uow, cycle, new, by=by)).employee_ids


async def _set_targets(
    uow: UnitOfWork, cycle: Cycle, supposed: Supposition, touched: set[UUID], *, by: str
) -> list[Target]:
    """Set targets by hand, and add to `touched` whom that gives others."""
    targets = []
    for other in supposed.targets:
        target = await uow.targets.get(other.target_id)
        act = Act("overridden", by, target.key, MEANT)
        touched |= set(await set_target(uow, cycle, target, other.value, reason=WHAT_IF, act=act))
        targets.append(target)
    return targets


async def _employments(uow: UnitOfWork, cycle: Cycle, supposed: Supposition) -> Mapping[UUID, Sequence[Employment]]:
    """Read where those who move would work."""
    found: dict[UUID, list[Employment]] = {employee_id: [] for employee_id in supposed.movers}
    if found:
        for employment in await uow.org.employments(cycle.period, employee_ids=found):
            found[employment.employee_id].append(employment)
    return found
