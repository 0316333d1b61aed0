"""Put into force what a calibration session decided."""

from uuid import UUID

from services.performance.domain.calibration.session import refuse_stale
from services.performance.usecases.calibration.session_desk import session_desk
from services.performance.usecases.calibration.session_sheet import SessionSheet, session_sheet
from services.performance.usecases.ports import Work
from shared.core.access import Grant


async def apply_session(work: Work, session_id: UUID, *, grant: Grant, expected: int | None) -> SessionSheet:
    """Close the session; what it decided holds over what earlier sessions did.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, Conflict (`cycle_not_calibratable`,
    `calibration_closed`, `calibrations_stale`).
    """
    async with work() as uow:
        desk = await session_desk(uow, session_id, grant, expected=expected)
        desk.refuse_own()
        session = desk.session.applied(by=desk.by, at=uow.now())
        people = await uow.distributions.standings(desk.cycle.id)
        refuse_stale(desk.standing, {person.scorecard_id: person.computed for person in people})
        for adjustment in desk.standing:
            await uow.adjustments.save(adjustment.applied(at=uow.now()))
        await uow.calibration_sessions.save(session)
        sheet = await session_sheet(uow, session, grant.principal)
        await uow.commit()
    return sheet
