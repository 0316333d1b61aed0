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
        return PlanSheet(
            plan=plan,
            schemes=await _schemes(uow, plan, members),
            targets=await _targets(uow, plan, members, everybody),
            everywhere=all(tree.within(reach, each.id, uow.today()) for each in tree),
        )


async def _targets(
    uow: UnitOfWork, plan: Plan, members: Sequence[Member], everybody: Sequence[Member]
) -> Sequence[Target]:
    """Read the department's and the people's; of people who are here beside another position, what counts here."""
    here = {(each.employee_id, each.department_id) for each in members}
    departments = {department_id for _, department_id in here}
    own = {each.employee_id for each in everybody if (each.employee_id, each.department_id) in here}
    found = await uow.targets.about(plan.cycle_id, {plan.department_id, *(employee_id for employee_id, _ in here)})
    return [
        each
        for each in found
        if each.key.subject_kind != "employee" or each.key.subject_id in own or each.department_id in departments
    ]


async def _schemes(uow: UnitOfWork, plan: Plan, members: Sequence[Member]) -> Sequence[SchemeInPlan]:
    """Give the schemes that score somebody under the plan, by name, each in the version that is in force."""
    scored = {(at.employee_id, at.assignment.scheme_id) for at in members if at.assignment is not None}
    used = Counter(scheme_id for _, scheme_id in scored)
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
