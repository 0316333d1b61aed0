"""Answers who decided what beside a computed result, and why."""

from collections.abc import Mapping
from typing import Any

from services.performance.domain.calibration.calibration import effective
from services.performance.domain.calibration.session import in_force
from services.performance.domain.calibration.texts import calibration_texts
from services.performance.domain.explaining.shown import Shown
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.ports import UnitOfWork


async def explain_calibration(
    uow: UnitOfWork, card: Scorecard, schemes: Mapping[Version, Scheme]
) -> dict[str, Any] | None:
    """Explain what calibrates a published scorecard; None where nothing does, or nobody is told yet."""
    if not card.is_published:
        return None
    calibration = effective(in_force(await uow.adjustments.of_scorecard(card.id)).get(card.id), card.verdict)
    if calibration is None:
        return None
    computed, grades = card.verdict, Shown(card.result, schemes).closing.rubric.grades
    return {
        "session_id": calibration.session_id,
        "role": calibration.role,
        "reason": calibration.reason,
        "decided_at": calibration.decided_at,
        "before": computed,
        "after": calibration.over(computed),
        "sentence": calibration_texts(calibration, computed, grades).to_document(),
    }
