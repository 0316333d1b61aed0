"""Let a department's plan hold."""

from uuid import UUID

from services.performance.domain.goals.plan import Plan
from services.performance.usecases.goals.announce_procedure import plan_changed
from services.performance.usecases.goals.plan_desk import PlanDesk, plan_desk
from services.performance.usecases.goals.start_cycle import start_cycle
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause
from shared.core.access import Grant
from shared.core.versions import require_version


async def approve_plan(work: Work, plan_id: UUID, *, grant: Grant, expected: int | None) -> Plan:
    """Approve a plan; its weights take effect at once, and a cycle that waited for it alone starts.

    Raises NotFound, Forbidden (`plan_not_approver`, `separation_of_duties`), PreconditionFailed, Conflict.
    """
    async with work() as uow:
        desk = await plan_desk(uow, plan_id, grant)
        require_version(desk.plan.sequence, expected)
        actor = desk.actor(grant.principal)
        approved = desk.plan.approved(by=actor, people=desk.people, at=uow.now())
        await uow.plans.save(approved)
        uow.publish(plan_changed(approved, actor_id=actor.employee_id))
        await _take_effect(uow, desk, approved)
        await uow.commit()
    return approved


async def _take_effect(uow: UnitOfWork, desk: PlanDesk, approved: Plan) -> None:
    if desk.cycle.phase == "planning":
        await start_cycle(uow, desk.cycle)
    elif approved.weights or approved.former_weights:
        cause = Cause(kind="plan", reference=str(approved.id))
        people = {each.employee_id for each in (*desk.members, *desk.former)}
        await rescore(uow, desk.cycle.id, cause=cause, employee_ids=people)
