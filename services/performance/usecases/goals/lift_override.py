"""Let a target that was set by hand be what is generated again."""

from uuid import UUID

from services.performance.domain.goals.target import Target
from services.performance.domain.goals.target_effect import TargetEffect
from services.performance.domain.goals.target_history import Act
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.goals.override_target import concerned
from services.performance.usecases.goals.target_desk import target_desk
from services.performance.usecases.ports import Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause
from shared.core.access import Grant
from shared.core.versions import require_version


async def lift_override(
    work: Work, target_id: UUID, *, effect: TargetEffect, grant: Grant, expected: int | None
) -> Target:
    """Take back what was set by hand; what stands beside and below shares anew.

    Raises NotFound, Forbidden (`separation_of_duties`, `targets_beyond_reach`), PreconditionFailed, Conflict
    (`override_missing`, `tightening_unconfirmed`).
    """
    async with work() as uow:
        cycle, target = await target_desk(uow, target_id, grant=grant)
        require_version(target.sequence, expected)
        act = Act("override_lifted", grant.principal.subject, target.key, effect)
        shared = await generate_targets(uow, cycle, act, settled=target.lifted(at=uow.now()), grant=grant)
        cause = Cause(kind="target", reference=str(target_id))
        await rescore(uow, cycle.id, cause=cause, employee_ids=concerned([target], shared))
        current = await uow.targets.get(target_id)
        await uow.commit()
    return current
