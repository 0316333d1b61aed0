"""Decide about a large change that the business asked for: it holds now, from a day on, or in later cycles alone."""

from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target import Target
from services.performance.domain.goals.target_effect import TargetEffect
from services.performance.domain.goals.target_history import Act, move_of
from services.performance.usecases.goals.announce_procedure import target_changed
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.goals.target_desk import target_desk
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause
from shared.core.access import Grant
from shared.core.versions import require_version


async def confirm_target(
    work: Work, target_id: UUID, *, effect: TargetEffect, grant: Grant, expected: int | None
) -> Target:
    """Let what the business wants of a subject cascade or, with `next_cycle`, leave this cycle as it is.

    Who may not confirm it may not leave it either. Raises NotFound, Forbidden (`separation_of_duties`,
    `targets_beyond_reach`), PreconditionFailed, Invalid (`day_unfit`, `day_outside_cycle`), Conflict
    (`nothing_to_confirm`).
    """
    async with work() as uow:
        cycle, target = await _proposal(uow, target_id, effect=effect, grant=grant, expected=expected)
        act = Act("confirmed", grant.principal.subject, target.key, effect)
        people = await generate_targets(uow, cycle, act, grant=grant)
        if effect.kind != "next_cycle":
            await rescore(uow, cycle.id, cause=Cause(kind="target", reference=str(target_id)), employee_ids=people)
            confirmed = await uow.targets.get(target_id)
            await uow.commit()
            return confirmed
    return await _leave_alone(work, target_id, effect=effect, grant=grant, expected=expected)


async def _leave_alone(
    work: Work, target_id: UUID, *, effect: TargetEffect, grant: Grant, expected: int | None
) -> Target:
    """Keep the target, once it was seen, in a unit that was taken back, that its confirmation would be permitted."""
    async with work() as uow:
        cycle, target = await _proposal(uow, target_id, effect=effect, grant=grant, expected=expected)
        kept = target.left_alone(at=uow.now())
        await uow.targets.keep(cycle.id, [kept])
        await uow.targets.remember([move_of(kept, Act("declined", grant.principal.subject, kept.key, effect))])
        uow.publish(target_changed(kept, target, locale=uow.locale))
        await uow.commit()
    return kept


async def _proposal(
    uow: UnitOfWork, target_id: UUID, *, effect: TargetEffect, grant: Grant, expected: int | None
) -> tuple[Cycle, Target]:
    cycle, target = await target_desk(uow, target_id, grant=grant)
    require_version(target.sequence, expected)
    target.require_proposal()
    effect.refuse_outside(cycle)
    return cycle, target
