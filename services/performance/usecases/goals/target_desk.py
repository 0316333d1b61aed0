"""Reads a target with its cycle, for who may decide about it."""

from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target import Target
from services.performance.usecases.ports import UnitOfWork
from shared.core.access import Grant
from shared.core.errors import NotFound
from shared.core.separation import refuse_own


async def target_desk(uow: UnitOfWork, target_id: UUID, *, grant: Grant) -> tuple[Cycle, Target]:
    """Lock the cycle, then the target; that of a department is its heads' own.

    Raises NotFound, Forbidden (`separation_of_duties`), Conflict (`cycle_not_plannable`).
    """
    cycle = await uow.cycles.get(await uow.targets.cycle_of(target_id))
    target = await uow.targets.get(target_id)
    tree, today, subject_id = await uow.org.tree(), uow.today(), target.key.subject_id
    if not grant.reach.everything and (
        target.department_id is None or not tree.within(grant.reach, target.department_id, today)
    ):
        raise NotFound.of("target")
    if subject_id is not None:
        refuse_own(grant.principal.employee_id, subject_id, *tree.heads_on(subject_id, today))
    cycle.require_plannable()
    return cycle, target
