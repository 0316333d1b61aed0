"""Make true exactly what was simulated, or nothing."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target_history import Act
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.domain.simulation.simulation import Simulation
from services.performance.usecases.catalogue.publish_scheme import publish_version
from services.performance.usecases.catalogue.put_scheme_in_force import Pinned
from services.performance.usecases.goals.override_target import concerned, set_target
from services.performance.usecases.goals.target_desk import target_desk
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.rescore import rescore
from services.performance.usecases.simulations.suppose import lock_supposed, released_of, set_by_hand, target_versions
from shared.contracts.scores import Cause
from shared.core.access import Grants
from shared.core.errors import NotFound


async def apply_simulation(
    work: Work, grants: Grants, cycle_id: UUID, simulation_id: UUID, *, reason: str
) -> Simulation:
    """Publish the version as supposed and set the targets, if everybody then shows what was simulated.

    All of it is one transaction, for who may make each change by itself. Raises NotFound, Forbidden (`not_permitted`
    and those of the changes themselves), Conflict (`simulation_not_applicable`, `simulation_applied`,
    `simulation_outdated`, and those of the changes).
    """
    async with work() as uow:
        simulation = await uow.simulations.get(simulation_id)
        if simulation.cycle_id != cycle_id:
            raise NotFound.of("simulation")
        cycle = await lock_supposed(uow, cycle_id, simulation.supposed)
        applied = simulation.applied(by=grants.principal.subject, at=uow.now())
        applied.require_targets(await target_versions(uow, cycle, simulation.supposed))
        by_hand = await set_by_hand(uow, cycle, simulation.supposed)
        scored = await _publish(uow, simulation, grants)
        people = await _set_targets(uow, cycle, simulation, grants, reason=reason)
        applied.require_released(await released_of(uow, cycle, simulation.supposed, by_hand))
        applied.require_outcomes(await _shown(uow, simulation, None if people is None else scored.union(people)))
        await uow.simulations.save(applied)
        await uow.commit()
    return applied


async def _publish(uow: UnitOfWork, simulation: Simulation, grants: Grants) -> frozenset[UUID]:
    """Publish the version that was supposed; gives whom that concerns in this cycle."""
    supposed, pinned = simulation.supposed, Pinned()
    if supposed.scheme is not None:
        by = grants.of("schemes:write").principal.subject
        publication = await publish_version(uow, *supposed.scheme, effect=supposed.scheme_effect, by=by, at_once=True)
        pinned = publication.pinned.get(simulation.cycle_id, pinned)
    return pinned.employee_ids


async def _set_targets(
    uow: UnitOfWork, cycle: Cycle, simulation: Simulation, grants: Grants, *, reason: str
) -> Collection[UUID] | None:
    """Set the targets that were supposed, and let scores follow; gives whose may, None for anybody's."""
    targets, shared = [], set[UUID]()
    for other in simulation.supposed.targets:
        grant = grants.of("targets:write")
        _, target = await target_desk(uow, other.target_id, grant=grant)
        act = Act("overridden", grant.principal.subject, target.key, other.effect)
        shared |= set(await set_target(uow, cycle, target, other.value, reason=reason, act=act, grant=grant))
        targets.append(target)
    people, cause = concerned(targets, shared), Cause(kind="target", reference=f"simulations/{simulation.id}")
    if targets:
        await rescore(uow, cycle.id, cause=cause, employee_ids=people, at_once=True)
    return people


async def _shown(uow: UnitOfWork, simulation: Simulation, people: Collection[UUID] | None) -> dict[UUID, Verdict]:
    """Read what those show whom it concerned then or concerns now."""
    then = {UUID(person["employee_id"]) for person in simulation.people}
    concerned = None if people is None else then.union(people)
    cards = await uow.scorecards.of_cycle(simulation.cycle_id, employee_ids=concerned)
    return {card.id: card.verdict for card in cards}
