"""Finds the plans that wait for somebody, by the very rules by which that person may submit or decide them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from uuid import UUID

from services.performance.domain.goals.plan import DECIDABLE, OWED, Actor, People, Plan
from services.performance.domain.goals.plan_scope import actor_of, members_under, people_of
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Assignments, Member, members_in
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Principal, Reach

MOST = 50
"""Of each kind."""


@dataclass(frozen=True, slots=True)
class PlanTasks:
    """Ids of plans."""

    to_submit: Sequence[UUID] = ()
    to_decide: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class _InCycle:
    """The caller's own place in a cycle."""

    members: Sequence[Member]
    """The caller, where that is somebody who works in it."""
    planned: Collection[UUID]


@dataclass(frozen=True, slots=True)
class _Caller:
    principal: Principal
    tree: DepartmentTree
    today: date
    cycles: Mapping[UUID, _InCycle]

    def submits(self, plan: Plan) -> bool:
        return plan.may_be_submitted_by(self._actor(plan), self._people(plan))

    def decides(self, plan: Plan) -> bool:
        return plan.may_be_decided_by(self._actor(plan), self._people(plan))

    def _actor(self, plan: Plan) -> Actor:
        return actor_of(self.principal, plan.department_id, tree=self.tree, day=self.today)

    def _people(self, plan: Plan) -> People:
        """Tell who leads, and whether the caller is scored under the plan; nobody else's being so matters."""
        own = self.cycles[plan.cycle_id]
        scored = members_under(plan.department_id, own.members, tree=self.tree, planned=own.planned)
        return people_of(plan.department_id, scored, tree=self.tree, day=self.today)


async def find_plan_tasks(work: Work, principal: Principal, *, to_submit: Reach, to_decide: Reach) -> PlanTasks:
    """Give what is due first; whoever is no employee submits and decides nothing."""
    if principal.employee_id is None:
        return PlanTasks()
    async with work() as uow:
        owed = await uow.plans.in_hand(OWED, to_submit, today=uow.today())
        undecided = await uow.plans.in_hand(DECIDABLE, to_decide, today=uow.today())
        if not (owed or undecided):
            return PlanTasks()
        caller = await _caller(uow, principal, {plan.cycle_id for plan in (*owed, *undecided)})
    return PlanTasks(_first(owed, caller.submits), _first(undecided, caller.decides))


def _first(plans: Iterable[Plan], waits: Callable[[Plan], bool]) -> Sequence[UUID]:
    return [plan.id for plan in islice(filter(waits, plans), MOST)]


async def _caller(uow: UnitOfWork, principal: Principal, cycle_ids: Iterable[UUID]) -> _Caller:
    tree, employee_id = await uow.org.tree(), principal.as_employee()
    cycles = {cycle_id: await _in_cycle(uow, employee_id, cycle_id, tree) for cycle_id in cycle_ids}
    return _Caller(principal, tree, uow.today(), cycles)


async def _in_cycle(uow: UnitOfWork, employee_id: UUID, cycle_id: UUID, tree: DepartmentTree) -> _InCycle:
    cycle = await uow.inputs.cycle(cycle_id)
    employments = await uow.org.employments(cycle.period, employee_ids=[employee_id])
    members = members_in(
        cycle.period,
        employments=employments,
        assignments=Assignments((), tree),
        positions=cycle.terms.positions,
    )
    return _InCycle(members, await uow.plans.planned_departments(cycle_id))
