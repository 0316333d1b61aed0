"""Hand a department's plan back, saying what has to change."""

from uuid import UUID

from services.performance.domain.goals.plan import Plan
from services.performance.usecases.goals.announce_procedure import plan_changed
from services.performance.usecases.goals.plan_desk import plan_desk
from services.performance.usecases.ports import Work
from shared.core.access import Grant
from shared.core.versions import require_version


async def return_plan(work: Work, plan_id: UUID, comment: str, *, grant: Grant, expected: int | None) -> Plan:
    """Hand it back with a comment.

    Raises NotFound, Forbidden (`plan_not_approver`, `separation_of_duties`), PreconditionFailed, Conflict, Invalid.
    """
    async with work() as uow:
        desk = await plan_desk(uow, plan_id, grant)
        require_version(desk.plan.sequence, expected)
        actor = desk.actor(grant.principal)
        returned = desk.plan.returned(comment, by=actor, people=desk.people, at=uow.now())
        await uow.plans.save(returned)
        uow.publish(plan_changed(returned, actor_id=actor.employee_id))
        await uow.commit()
    return returned
