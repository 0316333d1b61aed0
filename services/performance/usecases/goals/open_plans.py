"""Gives every department that plans for somebody a draft of its plan."""

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.plan import Plan
from services.performance.domain.goals.plan_scope import departments_to_plan
from services.performance.usecases.goals.announce_procedure import plan_changed
from services.performance.usecases.goals.cycle_members import cycle_members
from services.performance.usecases.ports import UnitOfWork


async def open_plans(uow: UnitOfWork, cycle: Cycle) -> None:
    """Add the drafts that are missing; plans there already stay. The cycle is locked. Does not commit."""
    tree, now = await uow.org.tree(), uow.now()
    members = await cycle_members(uow, cycle, tree)
    planned = await uow.plans.planned_departments(cycle.id)
    missing = [each for each in departments_to_plan(members, tree=tree, day=uow.today()) if each not in planned]
    drafts = [
        Plan(
            id=uow.new_id(),
            cycle_id=cycle.id,
            department_id=department_id,
            state="draft",
            due_on=cycle.terms.plan_due_on,
            weights={},
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        for department_id in missing
    ]
    await uow.plans.add_all(drafts)
    for draft in drafts:
        uow.publish(plan_changed(draft, actor_id=None))
