"""Set a target by hand."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target import Target
from services.performance.domain.goals.target_effect import TargetEffect
from services.performance.domain.goals.target_history import Act
from services.performance.domain.goals.target_holders import refuse_unreachable
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.goals.target_desk import target_desk
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause
from shared.core.access import Grant
from shared.core.versions import require_version


async def override_target(
    work: Work,
    target_id: UUID,
    *,
    value: Decimal,
    reason: str,
    effect: TargetEffect,
    grant: Grant,
    expected: int | None,
) -> Target:
    """Set a value that every later cascade respects; what stands beside and below shares what is left.

    Raises NotFound, Forbidden (`separation_of_duties`, `targets_beyond_reach`), PreconditionFailed, Invalid
    (`target_not_positive`, `day_unfit`, `day_outside_cycle`), Conflict (`tightening_unconfirmed`).
    """
    async with work() as uow:
        cycle, target = await target_desk(uow, target_id, grant=grant)
        require_version(target.sequence, expected)
        effect.refuse_outside(cycle)
        act = Act("overridden", grant.principal.subject, target.key, effect)
        shared = await set_target(uow, cycle, target, value, reason=reason, act=act, grant=grant)
        cause = Cause(kind="target", reference=str(target_id))
        await rescore(uow, cycle.id, cause=cause, employee_ids=concerned([target], shared))
        current = await uow.targets.get(target_id)
        await uow.commit()
    return current


async def set_target(
    uow: UnitOfWork, cycle: Cycle, target: Target, value: Decimal, *, reason: str, act: Act, grant: Grant | None = None
) -> Collection[UUID]:
    """Set one value of a locked cycle, and let others follow, within a `grant` where it is meant. Does not commit.

    Gives those whose scores depend on another one that changed.
    """
    refuse_unreachable((await uow.inputs.rulebook(cycle.id)).schemes.values(), target.key.metric, value)
    overridden = target.overridden(value, reason, at=uow.now())
    return await generate_targets(uow, cycle, act, settled=overridden, grant=grant)


def concerned(targets: Sequence[Target], shared: Collection[UUID]) -> Collection[UUID] | None:
    """Name whose scores may read `targets` or have a `shared` one; None for anybody's.

    Above people a metric may count for everybody under it.
    """
    people = set(shared)
    for target in targets:
        if target.key.subject_kind != "employee" or target.key.subject_id is None:
            return None
        people.add(target.key.subject_id)
    return people
