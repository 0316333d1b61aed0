"""A person answers a published result with a plan to improve."""

from collections.abc import Sequence
from uuid import UUID

from services.performance.domain.reports.improvement import Goal, ImprovementPlan
from services.performance.usecases.follow_up.announce_improvement import improvement_plan_changed
from services.performance.usecases.ports import Work
from shared.core.access import Grant
from shared.core.errors import NotFound


async def submit_improvement_plan(
    work: Work, grant: Grant, *, scorecard_id: UUID, goals: Sequence[Goal]
) -> ImprovementPlan:
    """Raise NotFound for somebody else's scorecard, Conflict (`score_not_published`, `already_exists`)."""
    author_id = grant.principal.as_employee()
    async with work() as uow:
        scorecard = await uow.scorecards.get(scorecard_id)
        if scorecard.employee_id != author_id:
            raise NotFound.of("scorecard")
        scorecard.require_published()
        now = uow.now()
        plan = ImprovementPlan(
            id=uow.new_id(),
            scorecard_id=scorecard_id,
            employee_id=author_id,
            department_id=scorecard.department_id,
            goals=tuple(goals),
            state="submitted",
            accepted_by=None,
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        await uow.improvement_plans.add(plan)
        uow.publish(improvement_plan_changed(plan))
        await uow.commit()
    return plan
