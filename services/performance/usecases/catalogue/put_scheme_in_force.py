"""Lets a scheme version take the place of the former one in a cycle that runs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target_history import Act
from services.performance.domain.schemes.assignment import Assignment, Member, refuse_taken_places
from services.performance.domain.schemes.rulebook import outdates_weights, weighing_alike
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.schemes.scheme_effect import SchemeEffect
from services.performance.domain.scoring.score_run import PORTION
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
    first_day: date | None = None
    """The first one that the version scores; None where it is not pinned."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to be put in force, what it says, and what was declared about it."""

    assignment: Assignment
    scheme: Scheme
    effect: SchemeEffect


async def put_scheme_in_force(
    uow: UnitOfWork, cycle: Cycle, version: NewVersion, *, by: str, at_once: bool = False
) -> Pinned:
    """Pin the version, bring targets to its items, rescore its people. The cycle is locked. Does not commit.

    A cycle that is not opened yet pins what holds when it opens. Raises Conflict (`assignment_taken`,
    `tightening_unconfirmed`).
    """
    pinned = await pin_scheme(uow, cycle, version, by=by)
    if not pinned.employee_ids:
        return pinned
    before = await _before(uow, cycle, version.effect, pinned)
    cause = Cause(kind="scheme", reference=f"{version.assignment.scheme_id}/{version.assignment.version}")
    await rescore(uow, cycle.id, cause=cause, employee_ids=pinned.employee_ids, at_once=at_once)
    after = await _totals(uow, cycle, before)
    fallen = sum(employee_id not in after or after[employee_id] < total for employee_id, total in before.items())
    version.effect.refuse_tightening(fallen, "people would lose points for days gone by")
    return pinned


async def pin_scheme(uow: UnitOfWork, cycle: Cycle, version: NewVersion, *, by: str) -> Pinned:
    """Do the same without rescoring anybody."""
    pinned = {each.scheme_id: each for each in await uow.cycles.assignments(cycle.id)}
    before = pinned.pop(version.assignment.scheme_id, None)
    assignment = version.effect.pinned(version.assignment, before, cycle.period)
    if assignment is None or assignment is before or (before is None and not pinned):
        return Pinned()
    refuse_taken_places(assignment, pinned.values())
    dropped = await _drop_outdated_weights(uow, cycle, before, assignment, version.scheme)
    await uow.cycles.assign(cycle.id, [*pinned.values(), assignment])
    members = await cycle_members(uow, cycle, await uow.org.tree())
    scored = [at for each in members for at in each.current if at.assignment == version.assignment]
    touched = {each.employee_id for each in members if any(at.assignment == version.assignment for at in each.places)}
    people = touched.union(await generate_targets(uow, cycle, Act("scheme", by)))
    return Pinned(Effects(scored, dropped), frozenset(people), assignment.first_day(cycle.period))


async def _before(uow: UnitOfWork, cycle: Cycle, effect: SchemeEffect, pinned: Pinned) -> Mapping[UUID, Decimal]:
    """Give the totals that must not fall or go: where days gone by are judged anew late, and nobody means it.

    Raises Conflict (`tightening_unconfirmed`) where they are too many to be computed at once.
    """
    late = uow.today() > cycle.terms.plan_due_on and (pinned.first_day or uow.today()) < uow.today()
    if not late or effect.tightening_confirmed:
        return {}
    if len(pinned.employee_ids) > PORTION:
        effect.refuse_tightening(len(pinned.employee_ids), "people would be judged anew by what they did")
    return await _totals(uow, cycle, pinned.employee_ids)


async def _totals(uow: UnitOfWork, cycle: Cycle, employee_ids: Collection[UUID]) -> Mapping[UUID, Decimal]:
    if not employee_ids:
        return {}
    cards = await uow.scorecards.of_cycle(cycle.id, employee_ids=employee_ids)
    return {card.employee_id: card.result.total for card in cards if card.result.total is not None}


async def _drop_outdated_weights(
    uow: UnitOfWork, cycle: Cycle, before: Assignment | None, assignment: Assignment, scheme: Scheme
) -> Sequence[UUID]:
    """Take back what departments set against other weights; keep it where the version's own are what they were.

    For the days of former versions that weigh alike it holds on.
    """
    schemes = (await uow.inputs.rulebook(cycle.id)).schemes
    if before is None or not outdates_weights(schemes[before.versions[-1]], scheme):
        return ()
    key, current = str(assignment.scheme_id), weighing_alike(before.versions, schemes)
    kept_for = [each for each in assignment.versions[:-1] if each in current]
    dropped = [plan for plan in await uow.plans.all(cycle_id=cycle.id) if key in plan.weights]
    for plan in dropped:
        await uow.plans.save(plan.without_weights(key, kept_for=kept_for, at=uow.now()))
    return [plan.id for plan in dropped]
