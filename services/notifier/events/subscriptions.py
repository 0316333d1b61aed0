"""What the notifier listens to."""

from collections.abc import Mapping

from services.notifier.events.on_changed import on_changed, recorded
from services.notifier.events.on_cycle_changed import on_cycle_changed
from services.notifier.events.on_feedback_given import on_feedback_given
from services.notifier.events.on_improvement_plan_changed import on_improvement_plan_changed
from services.notifier.events.on_organisation_changed import (
    on_calendar_changed,
    on_department_changed,
    on_employee_changed,
)
from services.notifier.events.on_plan_changed import on_plan_changed
from services.notifier.events.on_report_ready import on_report_ready
from services.notifier.events.on_scheme_published import on_scheme_published
from services.notifier.events.on_score_published import on_score_published, on_score_revised
from services.notifier.events.on_scores_changed import on_scores_changed
from services.notifier.events.on_target_changed import on_target_changed
from services.notifier.events.on_task_due import on_task_due
from services.notifier.usecases.record_changes import CHANGES
from shared.contracts.envelope import EventData
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged
from shared.contracts.procedure import (
    CycleChanged,
    FeedbackGiven,
    ImprovementPlanChanged,
    PlanChanged,
    ReportReady,
    SchemePublished,
    TargetChanged,
    TaskDue,
)
from shared.contracts.scores import ScorePublished, ScoreRevised, ScoresChanged
from shared.kit.subscriptions import Handler, Subscriptions

_TOLD: Mapping[type[EventData], Handler] = {
    CycleChanged: on_cycle_changed,
    PlanChanged: on_plan_changed,
    TargetChanged: on_target_changed,
    SchemePublished: on_scheme_published,
    ScoresChanged: on_scores_changed,
    ScorePublished: on_score_published,
    ScoreRevised: on_score_revised,
    ReportReady: on_report_ready,
    FeedbackGiven: on_feedback_given,
    ImprovementPlanChanged: on_improvement_plan_changed,
}
"""What somebody is told of, beside the feed."""
SUBSCRIPTIONS = Subscriptions(
    {
        **dict.fromkeys(CHANGES, on_changed),
        **{kind: recorded(handler) for kind, handler in _TOLD.items()},
        EmployeeChanged: on_employee_changed,
        DepartmentChanged: on_department_changed,
        CalendarChanged: on_calendar_changed,
        TaskDue: on_task_due,
    },
)
