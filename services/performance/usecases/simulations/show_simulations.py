"""Shows simulations as far as the caller reaches whom they are about."""

from collections.abc import Collection, Sequence
from functools import cache
from uuid import UUID

from services.performance.domain.calibration.populations import everybody_in
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.simulation.visibility import Visibility, group_id
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Grants, Reach
from shared.core.paging import Row

SEEN_BY = ("scores:read", "targets:read", "distributions:read")
"""What is read by which action: people, departments and sums over them; targets that are supposed; groups' quotas."""


async def show_simulations(work: Work, cycle_id: UUID, rows: Sequence[Row], grants: Grants) -> Sequence[Row]:
    """Give simulations of a cycle without what concerns others; sums are over the people whose scores are read."""
    scores, targets, groups = (grants.reaches[action] for action in SEEN_BY)
    if scores.everything and targets.everything and groups.everything:
        return rows
    async with work() as uow:
        ids, tree, today = [row["id"] for row in rows], await uow.org.tree(), uow.today()
        visibility = Visibility(
            people=None if scores.everything else await uow.simulations.people(ids, scores, today=today),
            targets=await _targets(uow, rows, targets=targets, scores=scores),
            departments={each.id for each in tree if tree.within(scores, each.id, today)},
            groups=await _groups(uow, cycle_id, rows, groups, tree=tree),
        )
    return [visibility.of(row) for row in rows]


async def _targets(uow: UnitOfWork, rows: Sequence[Row], *, targets: Reach, scores: Reach) -> Collection[UUID]:
    """Give the targets of which both are read: what is to be reached, and the scores that depend on it."""
    supposed = {UUID(each["target_id"]) for row in rows for each in row["supposed"]["targets"]}
    if targets.nothing or not supposed:
        return ()
    return await uow.targets.within([targets, scores], supposed, today=uow.today())


async def _groups(
    uow: UnitOfWork, cycle_id: UUID, rows: Sequence[Row], reach: Reach, *, tree: DepartmentTree
) -> Collection[tuple[UUID, UUID | None]]:
    """Give by simulation the groups that the cycle's distribution would show to the caller, before and after."""
    named = [(row["id"], group) for row in rows for group in row["summary"].get("quotas", ())]
    if not named:
        return ()
    people, day = await uow.distributions.standings(cycle_id), uow.today()
    grouped_by = await uow.org.tree_of(await uow.inputs.cycle(cycle_id))

    @cache
    def shows(department_id: UUID | None) -> bool:
        return everybody_in(department_id, people, grouped_by).is_within(reach, tree=tree, day=day)

    return {
        (simulation_id, at)
        for simulation_id, group in named
        if shows(at := group_id(group))
        and all(tree.within(reach, UUID(each), day) for each in group.get("joined_from", ()))
    }
