"""Reads a plan together with what every act upon it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.performance.domain.assignment import Member
from services.performance.domain.cycle import Cycle
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.plan import Actor, People, Plan
from services.performance.domain.plan_scope import actor_of, members_under, people_of
from services.performance.usecases.cycle_members import cycle_members
from services.performance.usecases.ports import UnitOfWork
from shared.core.access import Principal, Reach
from shared.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class PlanDesk:
    """A locked plan, its locked cycle, and its people today."""

    plan: Plan
    cycle: Cycle
    tree: DepartmentTree
    members: Sequence[Member]
    """Whom the plan is about."""
    today: date

    @property
    def people(self) -> People:
        return people_of(self.plan.department_id, self.members, tree=self.tree, day=self.today)

    def actor(self, principal: Principal) -> Actor:
        """Tell what a caller is to the plan. Raises Forbidden (`not_an_employee`)."""
        return actor_of(principal, self.plan.department_id, tree=self.tree, day=self.today)

    def require_within(self, reach: Reach) -> None:
        """Raise NotFound for a caller whose reach does not cover the department."""
        if not self.tree.within(reach, self.plan.department_id, self.today):
            raise NotFound.of("plan")


async def plan_desk(uow: UnitOfWork, plan_id: UUID) -> PlanDesk:
    """Lock the cycle, then the plan. Raises NotFound, Conflict (`cycle_not_plannable`)."""
    cycle = await uow.cycles.get(await uow.plans.cycle_of(plan_id))
    cycle.require_plannable()
    plan, tree = await uow.plans.get(plan_id), await uow.org.tree()
    everybody = await cycle_members(uow, cycle, tree)
    planned = await uow.plans.planned_departments(cycle.id)
    return PlanDesk(
        plan=plan,
        cycle=cycle,
        tree=tree,
        members=members_under(plan.department_id, everybody, tree=tree, planned=planned),
        today=uow.today(),
    )
