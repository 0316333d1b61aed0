"""Lets a scheme version take the place of the former one in a cycle that runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target_history import Act
from services.performance.domain.schemes.assignment import Assignment, Member, refuse_taken_places
from services.performance.domain.schemes.rulebook import outdates_weights
from services.performance.domain.schemes.scheme import Scheme
from services.performance.usecases.goals.cycle_members import cycle_members
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause


@dataclass(frozen=True, slots=True)
class Effects:
    """Who is scored by the version now, and the plans whose own weights for the scheme are dropped."""

    scored: Sequence[Member] = ()
    dropped_plan_ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Pinned:
    """What a pinned version does, and whose scores may follow."""

    effects: Effects = Effects()
    employee_ids: frozenset[UUID] = frozenset()


async def put_scheme_in_force(
    uow: UnitOfWork, cycle: Cycle, assignment: Assignment, scheme: Scheme, *, by: str, at_once: bool = False
) -> Pinned:
    """Pin the version, bring targets to its items, rescore its people. The cycle is locked. Does not commit.

    A cycle that is not opened yet pins what is current when it opens. Raises Conflict (`assignment_taken`).
    """
    pinned = await pin_scheme(uow, cycle, assignment, scheme, by=by)
    if pinned.employee_ids:
        cause = Cause(kind="scheme", reference=f"{assignment.scheme_id}/{assignment.version}")
        await rescore(uow, cycle.id, cause=cause, employee_ids=pinned.employee_ids, at_once=at_once)
    return pinned


async def pin_scheme(uow: UnitOfWork, cycle: Cycle, assignment: Assignment, scheme: Scheme, *, by: str) -> Pinned:
    """Do the same without rescoring anybody."""
    pinned = await uow.cycles.assignments(cycle.id)
    if not pinned:
        return Pinned()
    others = [each for each in pinned if each.scheme_id != assignment.scheme_id]
    refuse_taken_places(assignment, others)
    dropped = await _drop_outdated_weights(uow, cycle, assignment.scheme_id, scheme)
    await uow.cycles.assign(cycle.id, [*others, assignment])
    members = await cycle_members(uow, cycle, await uow.org.tree())
    scored = [each for each in members if each.assignment == assignment]
    touched = {each.employee_id for each in members if any(at.assignment == assignment for at in each.places)}
    people = touched.union(await generate_targets(uow, cycle, Act("scheme", by)))
    return Pinned(Effects(scored, dropped), frozenset(people))


async def _drop_outdated_weights(uow: UnitOfWork, cycle: Cycle, scheme_id: UUID, scheme: Scheme) -> Sequence[UUID]:
    """Take back what departments set against other weights; keep it where the version's own are what they were."""
    rulebook = await uow.inputs.rulebook(cycle.id)
    former = [found for (known, _), found in rulebook.schemes.items() if known == scheme_id]
    if not any(outdates_weights(each, scheme) for each in former):
        return ()
    dropped = []
    for plan in await uow.plans.all(cycle_id=cycle.id):
        if str(scheme_id) in plan.weights:
            await uow.plans.save(plan.without_weights(str(scheme_id), at=uow.now()))
            dropped.append(plan.id)
    return dropped
