"""Scorecards as the events that carry them."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from services.performance.domain.calibration.calibration import Calibration, effective, verdict_with
from services.performance.domain.cycle import Cycle
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.reached import reached_in
from services.performance.domain.scoring.scorecard import Result, Scorecard, Verdict
from shared.contracts.scores import (
    BeforeVeto,
    Computed,
    ItemResult,
    MetricResult,
    ScoreChange,
    ScorePublished,
    ScoreRevised,
)

_read_items = TypeAdapter(tuple[ItemResult, ...]).validate_python
"""All lines at once: one by one they take twice as long."""


def score_change(before: Scorecard, after: Scorecard) -> ScoreChange:
    """Describe what a scorecard showed and what it shows now."""
    return ScoreChange(
        scorecard_id=after.id,
        employee_id=after.employee_id,
        department_id=after.department_id,
        sequence=after.sequence,
        status=after.status,
        previous_total=before.result.total,
        previous_grade=before.result.grade,
        total=after.result.total,
        grade=after.result.grade,
        items=_items(after.result),
        before_veto=_before_veto(after.result),
    )


def score_published(
    card: Scorecard, cycle: Cycle, *, schemes: Mapping[Version, Scheme], calibration: Calibration | None
) -> ScorePublished:
    """Describe a final result, the computed one beside it where it is calibrated."""
    return ScorePublished(
        **_final(card, calibration, schemes),
        cycle_starts_on=cycle.period.starts_on.isoformat(),
        cycle_ends_on=cycle.period.ends_on.isoformat(),
    )


def score_revised(
    before: Scorecard,
    after: Scorecard,
    *,
    schemes: Mapping[Version, Scheme],
    calibration: Calibration | None,
    reason: str,
) -> ScoreRevised:
    """Describe a result that takes the place of a published one; what calibrates it stays."""
    former = verdict_with(calibration, before.verdict)
    return ScoreRevised(
        **_final(after, calibration, schemes), previous_total=former.total, previous_grade=former.grade, reason=reason
    )


def _final(card: Scorecard, calibration: Calibration | None, schemes: Mapping[Version, Scheme]) -> dict[str, Any]:
    """Give what a published and a revised result have in common."""
    shown = verdict_with(calibration, card.verdict)
    return {
        "cycle_id": card.cycle_id,
        "scorecard_id": card.id,
        "employee_id": card.employee_id,
        "department_id": card.department_id,
        "sequence": card.sequence,
        "total": shown.total,
        "grade": shown.grade,
        "computed": _computed(card.verdict, calibration),
        "items": _items(card.result),
        "before_veto": _before_veto(card.result),
        "metrics": _metrics(card.result, schemes),
    }


def _metrics(result: Result, schemes: Mapping[Version, Scheme]) -> tuple[MetricResult, ...]:
    return tuple(MetricResult.model_validate(each, from_attributes=True) for each in reached_in(result, schemes))


def _items(result: Result) -> tuple[ItemResult, ...]:
    return _read_items((*result.items, *result.overall), from_attributes=True)


def _computed(verdict: Verdict, calibration: Calibration | None) -> Computed | None:
    return None if effective(calibration, verdict) is None else Computed(total=verdict.total, grade=verdict.grade)


def _before_veto(result: Result) -> BeforeVeto | None:
    before = result.before_veto
    return None if before is None else BeforeVeto(total=before.total, grade=before.grade)
