"""What is told outside of each event: ids alone in thin bodies, numbers as well in full ones."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.notifier.domain.message import Message
from shared.contracts.envelope import Data, Event, EventData
from shared.contracts.procedure import CycleChanged, PlanChanged, ReportReady, SchemePublished, TargetChanged
from shared.contracts.scores import ScoreChange, ScorePublished, ScoreRevised, ScoresChanged
from shared.core.decimals import positional
from shared.core.ids import derived_id

SCORE_CHANGED = "score.changed.v1"
THIN: Mapping[type[EventData], frozenset[str]] = {
    SchemePublished: frozenset({"scheme_id", "effect"}),
    PlanChanged: frozenset({"plan_id", "cycle_id", "department_id", "state"}),
    CycleChanged: frozenset({"cycle_id", "phase"}),
    ReportReady: frozenset({"report_id", "scorecard_id", "cycle_id", "employee_id"}),
    TargetChanged: frozenset({"target_id", "cycle_id", "metric", "subject_kind", "subject_id"}),
}
"""Fields of thin bodies; the full ones show the whole event."""


def describe(event: Event[Data]) -> Message:
    """Tell of an event of the procedure as it is."""
    data = event.data
    url = {"url": _url(data)}
    thin = data.model_dump(mode="json", include=set(THIN[type(data)]))
    return _message(
        event,
        data.event_type,
        event.subject,
        data.version,
        thin=thin | url,
        full=data.model_dump(mode="json") | url,
    )


def describe_changes(event: Event[ScoresChanged]) -> list[Message]:
    """Tell of each scorecard that a run changed by itself."""
    cause = event.data.cause.model_dump(mode="json")
    return [_score_changed(event, change, cause) for change in event.data.changes]


def describe_published(event: Event[ScorePublished]) -> Message:
    """Tell of a final result."""
    score = event.data
    more = {"cycle_starts_on": score.cycle_starts_on, "cycle_ends_on": score.cycle_ends_on}
    return _final(event, "published", more)


def describe_revised(event: Event[ScoreRevised]) -> Message:
    """Tell of a new result for what was published."""
    score = event.data
    more = {"previous": _result(score.previous_total, score.previous_grade), "reason": score.reason}
    return _final(event, "revised", more)


def _url(data: EventData) -> str:
    return f"/v1/cycles/{data.cycle_id}/targets" if isinstance(data, TargetChanged) else f"/v1/{data.subject}"


def _score_changed(event: Event[ScoresChanged], change: ScoreChange, cause: Mapping[str, Any]) -> Message:
    thin = _score_ids(change, event.data.cycle_id, change.status)
    full = {
        **thin,
        "department_id": str(change.department_id),
        "previous": _result(change.previous_total, change.previous_grade),
        "current": _result(change.total, change.grade),
        "cause": cause,
        **_lines(change),
    }
    subject = f"scorecards/{change.scorecard_id}"
    return _message(event, SCORE_CHANGED, subject, change.sequence, thin=thin, full=full)


def _final(event: Event[Any], status: str, more: Mapping[str, Any]) -> Message:
    score: ScorePublished | ScoreRevised = event.data
    thin = _score_ids(score, score.cycle_id, status)
    full = {
        **thin,
        "department_id": str(score.department_id),
        "current": _result(score.total, score.grade),
        "computed": score.computed and _result(score.computed.total, score.computed.grade),
        **more,
        **_lines(score),
    }
    return _message(event, score.event_type, score.subject, score.sequence, thin=thin, full=full)


def _lines(score: ScoreChange | ScorePublished | ScoreRevised) -> dict[str, Any]:
    before = score.before_veto
    return {
        "items": [item.model_dump(mode="json") for item in score.items],
        "before_veto": before and _result(before.total, before.grade),
    }


def _score_ids(score: ScoreChange | ScorePublished | ScoreRevised, cycle_id: UUID, status: str) -> dict[str, Any]:
    return {
        "scorecard_id": str(score.scorecard_id),
        "employee_id": str(score.employee_id),
        "cycle_id": str(cycle_id),
        "status": status,
        "url": f"/v1/scorecards/{score.scorecard_id}",
    }


def _result(total: Decimal | None, grade: str | None) -> dict[str, str | None]:
    return {"total": None if total is None else positional(total), "grade": grade}


def _message(
    event: Event[Any],
    event_type: str,
    subject: str,
    sequence: int,
    *,
    thin: Mapping[str, Any],
    full: Mapping[str, Any],
) -> Message:
    return Message(
        id=derived_id(event.id, event_type, subject),
        tenant_id=event.tenantid,
        source=event.source,
        type=event_type,
        subject=subject,
        time=event.time,
        sequence=sequence,
        thin=thin,
        full=full,
    )
