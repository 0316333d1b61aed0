"""Undo a whole calibration session, open or applied; it stays as history."""

from uuid import UUID

from services.performance.usecases.calibration.session_desk import session_desk
from services.performance.usecases.calibration.session_sheet import SessionSheet, session_sheet
from services.performance.usecases.ports import Work
from shared.core.access import Grant


async def withdraw_session(work: Work, session_id: UUID, *, grant: Grant, expected: int | None) -> SessionSheet:
    """Let what was in force without it hold again.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, Conflict (`cycle_not_calibratable`,
    `calibration_withdrawn`).
    """
    async with work() as uow:
        desk = await session_desk(uow, session_id, grant, expected=expected)
        desk.refuse_own()
        now = uow.now()
        session = desk.session.withdrawn(by=desk.by, at=now)
        for adjustment in desk.standing:
            await uow.adjustments.save(adjustment.withdrawn(by=desk.by, at=now))
        await uow.calibration_sessions.save(session)
        sheet = await session_sheet(uow, session, grant.principal)
        await uow.commit()
    return sheet
