"""Lays out a department's plan: the weights of every scheme in it, and the targets of its people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.goals.plan import Plan
from services.performance.domain.goals.plan_scope import members_under
from services.performance.domain.goals.target import Target
from services.performance.domain.schemes.assignment import Member
from services.performance.domain.schemes.scheme import Scheme
from services.performance.usecases.goals.cycle_members import cycle_members
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Reach
from shared.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class SchemeInPlan:
    scheme_id: UUID
    name: str
    version: int
    scheme: Scheme
    weights: Mapping[str, int]
    """Basis points by item: the plan's own, else the scheme's."""
    people: int


@dataclass(frozen=True, slots=True)
class PlanSheet:
    plan: Plan
    schemes: Sequence[SchemeInPlan]
    targets: Sequence[Target]
    """Of the department and of the people the plan is about."""
    everywhere: bool
    """Whether it is read by who reaches all departments."""


async def read_plan(work: Work, plan_id: UUID, reach: Reach) -> PlanSheet:
    """Raise NotFound for a plan that is not there or not within reach."""
    async with work() as uow:
        plan, tree = await uow.plans.read(plan_id), await uow.org.tree()
        if not tree.within(reach, plan.department_id, uow.today()):
            raise NotFound.of("plan")
        cycle = await uow.inputs.cycle(plan.cycle_id)
        planned = await uow.plans.planned_departments(cycle.id)
        everybody = await cycle_members(uow, cycle, tree)
        members = members_under(plan.department_id, everybody, tree=tree, planned=planned)
        subjects = {plan.department_id, *(member.employee_id for member in members)}
        return PlanSheet(
            plan=plan,
            schemes=await _schemes(uow, plan, members),
            targets=await uow.targets.about(cycle.id, subjects),
            everywhere=all(tree.within(reach, each.id, uow.today()) for each in tree),
        )


async def _schemes(uow: UnitOfWork, plan: Plan, members: Sequence[Member]) -> Sequence[SchemeInPlan]:
    """Give the schemes that score somebody under the plan, by name, each in the version that is in force."""
    used = Counter(each.scheme_id for member in members if (each := member.assignment) is not None)
    defined, rulebook = await uow.schemes.by_id(), await uow.inputs.rulebook(plan.cycle_id)
    found = [
        SchemeInPlan(
            scheme_id=each.scheme_id,
            name=defined[each.scheme_id].name,
            version=each.version,
            scheme=(scheme := rulebook.schemes[each.versions[-1]]),
            weights=plan.weights.get(str(each.scheme_id), scheme.weights),
            people=used[each.scheme_id],
        )
        for each in rulebook.assignments
        if each.scheme_id in used
    ]
    return sorted(found, key=lambda each: each.name)
