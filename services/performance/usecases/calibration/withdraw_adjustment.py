"""Undo one adjustment of a calibration session; it stays as history."""

from uuid import UUID

from services.performance.usecases.calibration.session_desk import session_desk
from services.performance.usecases.calibration.session_sheet import SessionSheet, session_sheet
from services.performance.usecases.ports import Work
from shared.core.access import Grant


async def withdraw_adjustment(
    work: Work, session_id: UUID, adjustment_id: UUID, *, grant: Grant, expected: int | None
) -> SessionSheet:
    """Let what was in force before it hold again.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, Conflict (`cycle_not_calibratable`,
    `calibration_withdrawn`).
    """
    async with work() as uow:
        desk = await session_desk(uow, session_id, grant, expected=expected)
        now = uow.now()
        await uow.adjustments.save(desk.adjustment(adjustment_id).withdrawn(by=desk.by, at=now))
        session = desk.session.touched(at=now)
        await uow.calibration_sessions.save(session)
        sheet = await session_sheet(uow, session, grant.principal)
        await uow.commit()
    return sheet
