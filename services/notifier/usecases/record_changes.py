"""Write what services tell into the feed: a table says of which resource each event is a change."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.notifier.domain.change import Change
from services.notifier.usecases.describe import SCORE_CHANGED
from services.notifier.usecases.ports import Work
from shared.contracts.audit import AuditRecorded
from shared.contracts.envelope import Event, EventData
from shared.contracts.observations import (
    BusinessTargetChanged,
    CompletenessDeclared,
    ConnectionChanged,
    ConnectionStale,
    ObservationsRecorded,
)
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged, PositionChanged
from shared.contracts.procedure import (
    CycleChanged,
    FeedbackGiven,
    ImprovementPlanChanged,
    MetricChanged,
    PlanChanged,
    ReportReady,
    SchemePublished,
    TargetChanged,
    TaskDue,
)
from shared.contracts.records import RecordChanged
from shared.contracts.scores import RevisionChanged, ScorePublished, ScoreRevised, ScoresChanged
from shared.contracts.tenancy import PrincipalRevoked, TenantChanged, TenantErased
from shared.core.ids import derived_id


@dataclass(frozen=True, slots=True)
class _Of:
    """Of which resource an event is a change, and where to read it if not at its subject."""

    resource: str
    url: str | None = None
    """A template over the fields of the event."""

    def __call__(self, event: Event[Any]) -> Sequence[Change]:
        data = event.data
        url = f"/v1/{event.subject}" if self.url is None else self.url.format(**data.__dict__)
        deleted = getattr(data, "deleted", False)
        return [_change(event, data.event_type, event.subject, self.resource, url=url, deleted=deleted, **_about(data))]


def _several_observations(event: Event[ObservationsRecorded]) -> Sequence[Change]:
    """Tell once of each person, department or company whose observations a request changed."""
    data = event.data
    subjects = dict.fromkeys((item.subject_kind, item.subject_id) for item in data.items)
    told = []
    for kind, subject_id in subjects:
        url = f"/v1/observations?employee_id={subject_id}" if kind == "employee" else "/v1/observations"
        subject = f"{event.subject}/{subject_id}" if subject_id else event.subject
        about = {f"{kind}_id": subject_id} if subject_id else {}
        told.append(_change(event, data.event_type, subject, "observations", url=url, resource_id=None, **about))
    return told


def _score_run(event: Event[ScoresChanged]) -> Sequence[Change]:
    """Tell of the run, and of each scorecard that it changed, as subscribers are told."""
    data = event.data
    runs = f"/v1/score-runs?cycle_id={data.cycle_id}"
    run = _change(event, data.event_type, event.subject, "score-runs", url=runs)
    return [
        run,
        *(
            _change(
                event,
                SCORE_CHANGED,
                f"scorecards/{change.scorecard_id}",
                "scorecards",
                url=f"/v1/scorecards/{change.scorecard_id}",
                sequence=change.sequence,
                **_about(change),
            )
            for change in data.changes
        ),
    ]


CHANGES: Mapping[type[EventData], Callable[[Event[Any]], Sequence[Change]]] = {
    TenantChanged: _Of("tenant", "/v1/tenant"),
    EmployeeChanged: _Of("employees"),
    DepartmentChanged: _Of("departments"),
    PositionChanged: _Of("positions"),
    CalendarChanged: _Of("calendar"),
    RecordChanged: _Of("records", "/v1/employees/{employee_id}/records"),
    ConnectionChanged: _Of("connections"),
    ConnectionStale: _Of("connections"),
    ObservationsRecorded: _several_observations,
    BusinessTargetChanged: _Of("business-targets", "/v1/business-targets?metric={metric}"),
    MetricChanged: _Of("metrics"),
    SchemePublished: _Of("schemes"),
    CycleChanged: _Of("cycles"),
    PlanChanged: _Of("plans"),
    TargetChanged: _Of("targets", "/v1/cycles/{cycle_id}/targets"),
    ScoresChanged: _score_run,
    ScorePublished: _Of("scorecards"),
    ScoreRevised: _Of("scorecards"),
    RevisionChanged: _Of("revisions"),
    ReportReady: _Of("reports"),
    FeedbackGiven: _Of("feedback", "/v1/feedback?scorecard_id={scorecard_id}"),
    ImprovementPlanChanged: _Of("improvement-plans", "/v1/improvement-plans?scorecard_id={scorecard_id}"),
}
LEFT_OUT: Mapping[type[EventData], str] = {
    AuditRecorded: "The audit log is a list of its own, for auditors.",
    TenantErased: "Nobody of the tenant is left to read of it.",
    PrincipalRevoked: "It says which tokens are void, and is about no resource.",
    CompletenessDeclared: "A watermark is no resource; the scores that it settles are told.",
    TaskDue: "It reminds of a resource that has not changed.",
}
"""Events that change nothing one could read."""


async def record_changes(work: Work, events: Iterable[Event[Any]]) -> None:
    """Add to the feed, in the order in which the events came."""
    async with work() as uow:
        uow.feed.add([change for event in events for change in CHANGES[type(event.data)](event)])
        await uow.commit()


def _about(data: Any) -> dict[str, UUID | None]:  # noqa: ANN401 -- any event, or one change of scores
    """Read off whom something is about."""
    named = {name: getattr(data, name, None) for name in ("employee_id", "department_id")}
    kind = getattr(data, "subject_kind", None)
    return {**named, f"{kind}_id": data.subject_id} if kind in {"employee", "department"} else named


def _change(event: Event[Any], event_type: str, subject: str, resource: str, **more: Any) -> Change:  # noqa: ANN401 -- fields
    """Tell of a change; `more` are its remaining fields, and those that differ from what the subject says."""
    usual = {"resource_id": _id_in(subject), "sequence": event.data.version, "time": event.time}
    known = derived_id(event.id, event_type, subject)
    return Change(**{**usual, **more}, id=known, type=event_type, subject=subject, resource=resource)


def _id_in(subject: str) -> UUID | None:
    """Read the id that a subject ends with; the calendar has none, nor has a part of a request."""
    with suppress(ValueError):
        return UUID(subject.rpartition("/")[2])
    return None
