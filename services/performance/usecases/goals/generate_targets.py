"""Brings the targets of a cycle to what holds now: schemes, people, business targets, history, overrides."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.history import years_beside
from services.performance.domain.goals.target import TargetKey
from services.performance.domain.goals.target_sheet import Grounds, revise
from services.performance.usecases.goals.announce_procedure import target_changed
from services.performance.usecases.goals.cycle_members import cycle_members
from services.performance.usecases.ports import UnitOfWork


async def generate_targets(
    uow: UnitOfWork, cycle: Cycle, *, confirmed: TargetKey | None = None, steady: bool = False
) -> Collection[UUID]:
    """Generate the targets of a cycle, which the caller has locked, and publish those that changed.

    `confirmed` is a subject for which HR agrees to what the business wants; `steady` leaves what stands and only
    gives new holders something to start from. Gives the employees whose scores depend on a target that changed.
    Does not commit.
    """
    tree = await uow.org.tree()
    grounds = Grounds(
        cycle=cycle,
        members=await cycle_members(uow, cycle, tree),
        schemes=(await uow.inputs.rulebook(cycle.id)).schemes,
        tree=tree,
        calendar=await uow.org.calendar(),
        business=await uow.background.business_targets(cycle.period),
        results=await uow.background.past_results(years_beside(cycle.period)),
        confirmed=confirmed,
        steady=steady,
    )
    known = {target.key: target for target in await uow.targets.all(cycle_id=cycle.id)}
    revision = revise(known, grounds, tenant_id=uow.tenant_id, at=uow.now())
    await uow.targets.keep(cycle.id, revision.changed)
    for target in revision.changed:
        uow.publish(target_changed(target, known.get(target.key), locale=uow.locale))
    return revision.people
