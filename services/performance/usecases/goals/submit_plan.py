"""Hand a department's plan to HR."""

from uuid import UUID

from services.performance.domain.goals.plan import Plan
from services.performance.usecases.goals.announce_procedure import plan_changed
from services.performance.usecases.goals.plan_desk import plan_desk
from services.performance.usecases.ports import Work
from shared.core.access import Grant
from shared.core.versions import require_version


async def submit_plan(work: Work, plan_id: UUID, *, grant: Grant, expected: int | None) -> Plan:
    """Raise NotFound, Forbidden (`plan_not_head`), PreconditionFailed, Conflict (`plan_not_submittable`, …)."""
    async with work() as uow:
        desk = await plan_desk(uow, plan_id, grant)
        require_version(desk.plan.sequence, expected)
        actor = desk.actor(grant.principal)
        submitted = desk.plan.submitted(by=actor, people=desk.people, at=uow.now())
        await uow.plans.save(submitted)
        uow.publish(plan_changed(submitted, actor_id=actor.employee_id))
        await uow.commit()
    return submitted
