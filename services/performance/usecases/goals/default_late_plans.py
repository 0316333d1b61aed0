"""Let plans that nobody submitted in time fall back to their defaults, so that they stop nobody."""

from services.performance.usecases.goals.announce_procedure import plan_changed
from services.performance.usecases.ports import Work


async def default_late_plans(work: Work) -> None:
    """Default what is overdue in cycles whose policy says so; HR confirms by approving, the head may still submit."""
    async with work() as uow:
        defaulting = {each.id for each in await uow.cycles.moving() if each.terms.late_policy == "defaulted"}
        for plan in await uow.plans.overdue(uow.today()):
            if plan.cycle_id in defaulting:
                defaulted = plan.defaulted(today=uow.today(), at=uow.now())
                await uow.plans.save(defaulted)
                uow.publish(plan_changed(defaulted, actor_id=None))
        await uow.commit()
