"""Agree to a large change that the business asked for."""

from uuid import UUID

from services.performance.domain.goals.target import Target
from services.performance.domain.goals.target_effect import TargetEffect
from services.performance.domain.goals.target_history import Act
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.goals.target_desk import target_desk
from services.performance.usecases.ports import Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause
from shared.core.access import Grant
from shared.core.versions import require_version


async def confirm_target(
    work: Work, target_id: UUID, *, effect: TargetEffect, grant: Grant, expected: int | None
) -> Target:
    """Let what the business wants of a subject cascade.

    Raises NotFound, Forbidden (`separation_of_duties`, `targets_beyond_reach`), PreconditionFailed, Invalid
    (`day_unfit`, `day_outside_cycle`), Conflict (`nothing_to_confirm`).
    """
    async with work() as uow:
        cycle, target = await target_desk(uow, target_id, grant=grant)
        require_version(target.sequence, expected)
        target.require_proposal()
        effect.refuse_outside(cycle)
        act = Act("confirmed", grant.principal.subject, target.key, effect)
        people = await generate_targets(uow, cycle, act, grant=grant)
        await rescore(uow, cycle.id, cause=Cause(kind="target", reference=str(target_id)), employee_ids=people)
        confirmed = await uow.targets.get(target_id)
        await uow.commit()
    return confirmed
