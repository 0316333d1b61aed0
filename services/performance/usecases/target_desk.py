"""Reads a target with its cycle, for who may decide about it."""

from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.target import Target
from services.performance.usecases.ports import UnitOfWork
from shared.core.access import Grant
from shared.core.errors import Forbidden, NotFound


async def target_desk(uow: UnitOfWork, target_id: UUID, *, grant: Grant) -> tuple[Cycle, Target]:
    """Lock the cycle, then the target. Raises NotFound, Forbidden (`own_target`), Conflict (`cycle_not_plannable`)."""
    cycle = await uow.cycles.get(await uow.targets.cycle_of(target_id))
    target = await uow.targets.get(target_id)
    if not grant.reach.everything:
        tree = await uow.org.tree()
        if target.department_id is None or not tree.within(grant.reach, target.department_id, uow.today()):
            raise NotFound.of("target")
    if target.key.subject_id is not None and target.key.subject_id == grant.principal.employee_id:
        raise Forbidden("own_target", "Nobody decides about a target of their own.")
    cycle.require_plannable()
    return cycle, target
