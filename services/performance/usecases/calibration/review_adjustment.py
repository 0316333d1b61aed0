"""Confirm an adjustment in the face of another computed result than it was decided upon."""

from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.usecases.calibration.session_desk import session_desk
from services.performance.usecases.calibration.session_sheet import SessionSheet, session_sheet
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.compute_results import compute_results
from shared.core.access import Grant


async def review_adjustment(
    work: Work, session_id: UUID, adjustment_id: UUID, *, grant: Grant, expected: int | None
) -> SessionSheet:
    """Note that the result which is published, or would be, has been looked at.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, Conflict (`calibration_withdrawn`).
    """
    async with work() as uow:
        desk = await session_desk(uow, session_id, grant, expected=expected, reviewing=True)
        adjustment, now = desk.adjustment(adjustment_id), uow.now()
        computed = await _final(uow, desk.cycle, adjustment.scorecard_id)
        await uow.adjustments.save(adjustment.confirmed(computed, by=desk.by, at=now))
        session = desk.session.touched(at=now)
        await uow.calibration_sessions.save(session)
        sheet = await session_sheet(uow, session, grant.principal)
        await uow.commit()
    return sheet


async def _final(uow: UnitOfWork, cycle: Cycle, scorecard_id: UUID) -> Verdict:
    """Give what is published, or what publication would compute."""
    card, rulebook = await uow.scorecards.read(scorecard_id), await uow.inputs.rulebook(cycle.id)
    if card.is_published:
        return card.verdict
    ((_, result),) = await compute_results(uow, cycle, [card], rulebook=rulebook, final=True, as_of=cycle.frozen_at)
    return Verdict(result.total, result.grade)
