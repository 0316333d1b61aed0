"""A head agrees to the plan with which somebody answered a result."""

from uuid import UUID

from services.performance.domain.reports.improvement import ImprovementPlan
from services.performance.usecases.follow_up.announce_improvement import improvement_plan_changed
from services.performance.usecases.ports import Work
from shared.core.access import Grant
from shared.core.errors import NotFound
from shared.core.versions import require_version


async def accept_improvement_plan(work: Work, grant: Grant, plan_id: UUID, *, expected: int | None) -> ImprovementPlan:
    """Raise NotFound out of reach, PreconditionFailed, Forbidden (`separation_of_duties`), Conflict when repeated."""
    head_id = grant.principal.as_employee()
    async with work() as uow:
        plan = await uow.improvement_plans.get(plan_id)
        if not (await uow.org.tree()).within(grant.reach, plan.department_id, uow.today()):
            raise NotFound.of("improvement plan")
        require_version(plan.sequence, expected)
        accepted = plan.accepted(head_id, at=uow.now())
        await uow.improvement_plans.save(accepted)
        uow.publish(improvement_plan_changed(accepted))
        await uow.commit()
    return accepted
