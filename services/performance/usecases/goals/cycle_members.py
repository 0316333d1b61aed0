"""Reads who is in a cycle, and what scores them."""

from collections.abc import Sequence

from services.performance.domain.cycle import Cycle
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Assignments, Member, members_in
from services.performance.usecases.ports import UnitOfWork


async def cycle_members(uow: UnitOfWork, cycle: Cycle, tree: DepartmentTree) -> Sequence[Member]:
    """Give everybody who works in the cycle, by employee id."""
    assignments = Assignments(await uow.cycles.assignments(cycle.id), tree)
    employments = await uow.org.employments(cycle.period)
    positions = cycle.terms.positions
    return members_in(cycle.period, employments=employments, assignments=assignments, positions=positions)
