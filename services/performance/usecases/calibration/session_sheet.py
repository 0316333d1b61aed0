"""A calibration session as it is shown: its adjustments, and the grades of its people before and after them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.calibration.distribution import GroupReport, matching, report
from services.performance.domain.calibration.policy import Population
from services.performance.domain.calibration.populations import Standing
from services.performance.domain.calibration.session import Adjustment, Session, calibrated, in_force, visible_to
from services.performance.domain.cycle import Cycle
from services.performance.usecases.calibration.reaches_all import reaches_all
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Grant, Principal
from shared.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class SessionSheet:
    session: Session
    adjustments: Sequence[tuple[Adjustment, bool]]
    """Each with whether something else is computed by now than was decided upon."""
    before: Sequence[GroupReport]
    """With what was in force without the session."""
    after: Sequence[GroupReport]
    """With all that the session decided and nobody withdrew."""


async def read_session(work: Work, grant: Grant, session_id: UUID) -> SessionSheet:
    """Raise NotFound for a session that is about people whom the caller does not reach."""
    async with work() as uow:
        session = await uow.calibration_sessions.read(session_id)
        cycle = await uow.inputs.cycle(session.cycle_id)
        if not await reaches_all(uow, cycle, session.department_id, grant.reach):
            raise NotFound.of("calibration session")
        return await session_sheet(uow, session, grant.principal)


async def session_sheet(uow: UnitOfWork, session: Session, viewer: Principal) -> SessionSheet:
    """Show all of it but what is about the viewer, which is told once it is published."""
    cycle = await uow.inputs.cycle(session.cycle_id)
    people = await uow.distributions.standings(session.cycle_id)
    every = visible_to(
        viewer.employee_id, await uow.adjustments.of_cycle(cycle.id), published=cycle.phase == "published"
    )
    own = [each for each in every if each.session_id == session.id]
    computed = {person.scorecard_id: person.computed for person in people}
    before = in_force(each for each in every if each.session_id != session.id)
    after = in_force(every, drafts=[each for each in own if each.state == "drafted"])
    return SessionSheet(
        session=session,
        adjustments=[(each, each.is_stale(computed[each.scorecard_id])) for each in own],
        before=await _counted(uow, cycle, session, calibrated(people, before)),
        after=await _counted(uow, cycle, session, calibrated(people, after)),
    )


async def _counted(uow: UnitOfWork, cycle: Cycle, session: Session, people: Sequence[Standing]) -> list[GroupReport]:
    """Count the session's people by each rule of the cycle's policy that is about the same group."""
    policy, tree = await uow.distributions.policy(cycle.id), await uow.org.tree_of(cycle)
    own = Population.of(session.department_id)
    return [report(policy, rule, group) for rule, group in matching(policy, own, people, tree)]
