"""Reads a plan together with what every act upon it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.plan import Actor, People, Plan
from services.performance.domain.goals.plan_scope import actor_of, members_under, people_of
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Member
from services.performance.usecases.goals.cycle_members import cycle_members
from services.performance.usecases.ports import UnitOfWork
from shared.core.access import Grant, Principal
from shared.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class PlanDesk:
    """A locked plan, its locked cycle, and its people today."""

    plan: Plan
    cycle: Cycle
    tree: DepartmentTree
    members: Sequence[Member]
    """Whom the plan is about."""
    former: Sequence[Member]
    """Whom it was about before they moved on, within the cycle."""
    today: date

    @property
    def people(self) -> People:
        return people_of(self.plan.department_id, self.members, tree=self.tree, day=self.today)

    def actor(self, principal: Principal) -> Actor:
        """Tell what a caller is to the plan. Raises Forbidden (`not_an_employee`)."""
        return actor_of(principal, self.plan.department_id, tree=self.tree, day=self.today)


async def plan_desk(uow: UnitOfWork, plan_id: UUID, grant: Grant) -> PlanDesk:
    """Lock the cycle, then the plan, for a person whose reach covers its department.

    Raises Forbidden (`not_an_employee`), NotFound, Conflict (`cycle_not_plannable`).
    """
    grant.principal.as_employee()
    cycle = await uow.cycles.get(await uow.plans.cycle_of(plan_id))
    plan, tree = await uow.plans.get(plan_id), await uow.org.tree()
    if not tree.within(grant.reach, plan.department_id, uow.today()):
        raise NotFound.of("plan")
    cycle.require_plannable()
    everybody = await cycle_members(uow, cycle, tree)
    planned = await uow.plans.planned_departments(cycle.id)
    before = [place for member in everybody for place in member.former]
    return PlanDesk(
        plan=plan,
        cycle=cycle,
        tree=tree,
        members=members_under(plan.department_id, everybody, tree=tree, planned=planned),
        former=members_under(plan.department_id, before, tree=tree, planned=planned),
        today=uow.today(),
    )
