"""Reads a target with its cycle, for who may decide about it and about what follows from it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target import Target
from services.performance.domain.goals.target_sheet import Grounds
from services.performance.usecases.ports import UnitOfWork
from shared.core.access import Grant
from shared.core.errors import Forbidden, NotFound
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


def refuse_beyond(grant: Grant, moved: Sequence[Target], grounds: Grounds, *, today: date) -> None:
    """Refuse an act of which the cascade moves targets that its maker may not.

    Raises Forbidden (`targets_beyond_reach`; `separation_of_duties`, in whichever direction their own would move).
    """
    tree, metrics, me = grounds.tree, grounds.metrics, grant.principal.employee_id
    mine = {place.department_id for each in grounds.members if each.employee_id == me for place in each.places}
    for target in moved:
        key, department_id = target.key, target.department_id
        if key.subject_id is not None:
            counted = metrics[key.metric].level if key.metric in metrics else None
            own = counted == key.subject_kind == "department" and key.subject_id in mine
            refuse_own(me, key.subject_id, *tree.heads_on(key.subject_id, today), me if own else None)
        if grant.reach.everything or (department_id and tree.within(grant.reach, department_id, today)):
            continue
        raise Forbidden("targets_beyond_reach", "Targets of other departments than yours would change with it.")
