"""Remind heads once a day of plans they owe, and those above of plans that are late where the cycle says so."""

from datetime import timedelta

from services.performance.usecases.goals.announce_procedure import plan_due
from services.performance.usecases.ports import Work

LEAD = timedelta(days=7)
"""How long before the due day reminders begin; they go on until the plan is submitted or the cycle freezes."""


async def remind_of_plans(work: Work) -> None:
    """Publish `plan.submit` for every plan that is owed, at most once on a business day."""
    async with work() as uow:
        today = uow.today()
        escalating = {each.id for each in await uow.cycles.moving() if each.terms.late_policy == "escalated"}
        due = await uow.plans.remind(today, lead=LEAD)  # cycles are locked before plans, everywhere
        tree = await uow.org.tree()
        for plan in due:
            uow.publish(plan_due(plan, task="plan.submit", department_id=plan.department_id, day=today))
            above = tree.planning_above(plan.department_id, today)
            if plan.is_late(today) and plan.cycle_id in escalating and above is not None:
                uow.publish(plan_due(plan, task="plan.escalated", department_id=above, day=today))
        await uow.commit()
