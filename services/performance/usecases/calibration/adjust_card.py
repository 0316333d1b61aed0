"""Let a calibration session decide another grade, or another total, beside the computed one."""

from uuid import UUID

from services.performance.domain.calibration.calibration import verdict_with
from services.performance.domain.calibration.decision import Decision
from services.performance.domain.calibration.session import Adjustment, in_force
from services.performance.domain.schemes.rubric import Rubric
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.calibration.session_desk import SessionDesk, session_desk
from services.performance.usecases.calibration.session_sheet import SessionSheet, session_sheet
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Grant
from shared.core.errors import Conflict, NotFound
from shared.core.separation import refuse_own


async def adjust_card(
    work: Work, session_id: UUID, scorecard_id: UUID, decision: Decision, *, grant: Grant, expected: int | None
) -> SessionSheet:
    """Draft an adjustment; it comes into force with the session.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, Invalid (`grade_unknown`,
    `total_out_of_range`), Conflict (`cycle_not_calibratable`, `calibration_closed`, `calibration_pending`,
    `calibration_outdated`, `score_ungraded`, `nothing_to_calibrate`).
    """
    async with work() as uow:
        desk = await session_desk(uow, session_id, grant, expected=expected)
        card = await _card(uow, desk, scorecard_id)
        desk.session.require_open()
        if any(each.scorecard_id == card.id and each.state == "drafted" for each in desk.adjustments):
            raise Conflict("calibration_pending", "An open session has decided about this score; withdraw that first.")
        await uow.adjustments.add(await _adjustment(uow, desk, card, decision))
        session = desk.session.touched(at=uow.now())
        await uow.calibration_sessions.save(session)
        sheet = await session_sheet(uow, session, grant.principal)
        await uow.commit()
    return sheet


async def _card(uow: UnitOfWork, desk: SessionDesk, scorecard_id: UUID) -> Scorecard:
    """Read the scorecard of somebody whom the session is about, and who is not the caller."""
    card = await uow.scorecards.read(scorecard_id)
    if card.cycle_id != desk.cycle.id or not desk.session.is_about(card.department_id, tree=desk.tree):
        raise NotFound.of("scorecard")
    refuse_own(desk.principal.employee_id, card.employee_id)
    return card


async def _adjustment(uow: UnitOfWork, desk: SessionDesk, card: Scorecard, decision: Decision) -> Adjustment:
    computed = card.verdict
    if computed.grade is None:
        raise Conflict("score_ungraded", "This score has no grade that could be calibrated.")
    before = verdict_with(in_force(desk.adjustments).get(card.id), computed)
    total, grade = decision.upon(before, await _rubric(uow, card))
    return Adjustment(
        id=uow.new_id(),
        session_id=desk.session.id,
        cycle_id=desk.cycle.id,
        scorecard_id=card.id,
        employee_id=card.employee_id,
        department_id=card.department_id,
        state="drafted",
        computed=computed,
        before=before,
        to_total=total,
        to_grade=grade,
        reason=decision.reason,
        role=desk.by.role,
        decided_by=desk.by.account,
        created_at=uow.now(),
    )


async def _rubric(uow: UnitOfWork, card: Scorecard) -> Rubric:
    """Give the scale that graded the card."""
    closing = card.result.closing
    version = None if closing is None else closing.version
    if version is None:
        raise Conflict("score_ungraded", "No scheme has graded this score.")
    return (await uow.inputs.schemes([version]))[version].rubric
