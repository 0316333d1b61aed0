"""Events of the performance engine about the procedure: schemes, targets, plans, cycles, reports, tasks."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.decimals import DecimalText
from shared.contracts.envelope import EventData, Part
from shared.contracts.topics import PROCEDURE, Topic


class _Procedure(EventData):
    topic: ClassVar[Topic] = PROCEDURE


class MetricChanged(_Procedure):
    """A metric was defined, or counts or is called differently now; how it counts stays at home."""

    event_type: ClassVar[str] = "metric.changed.v1"

    metric_id: UUID
    sequence: int
    key: str
    name: str

    @property
    def subject(self) -> str:
        return f"metrics/{self.metric_id}"


class WeightChange(Part):
    """Basis points of one item before and after; null where the item did not or does no longer exist."""

    key: str
    name: str
    previous: int | None = None
    weight: int | None = None


class SchemePublished(_Procedure):
    """A version of a scheme is in force: weights before and after, and whom it scores."""

    event_type: ClassVar[str] = "scheme.published.v1"

    scheme_id: UUID
    sequence: int
    """The version number."""
    name: str
    effect: Literal["whole_cycle", "from_date", "next_cycle"]
    """From when on it scores."""
    effective_on: date | None = None
    """The first day on which it does, with `from_date`."""
    weights: tuple[WeightChange, ...] = ()
    department_ids: tuple[UUID, ...] = ()
    """Departments whose people are scored by it now."""
    employee_count: int = 0
    """People who are scored by it now."""
    dropped_plan_ids: tuple[UUID, ...] = ()
    """Plans whose own weights for this scheme no longer hold, because they were set against the former version."""

    @property
    def subject(self) -> str:
        return f"schemes/{self.scheme_id}"


class TargetChanged(_Procedure):
    """A target at one level of the cascade has a new value."""

    event_type: ClassVar[str] = "target.changed.v1"

    target_id: UUID
    sequence: int
    cycle_id: UUID
    metric: str
    subject_kind: Literal["company", "department", "employee"]
    subject_id: UUID | None = None
    previous: DecimalText | None = None
    """Null where there was none."""
    value: DecimalText | None = None
    """Null where nobody could say one yet."""
    origin: str
    """Where the number comes from, such as `history` or `manual`."""
    reason: str
    """Why it is this number, in the company's language."""
    needs_confirmation: bool = False
    """Another number is proposed and waits for HR."""

    @property
    def subject(self) -> str:
        return f"targets/{self.target_id}"


PlanState = Literal["draft", "submitted", "returned", "approved", "defaulted"]


class PlanChanged(_Procedure):
    """A department's plan moved to `state`; `actor_id` is the employee who moved it, null for a timer."""

    event_type: ClassVar[str] = "plan.changed.v1"

    plan_id: UUID
    sequence: int
    cycle_id: UUID
    department_id: UUID
    state: PlanState
    due_on: date
    """The last day to submit it."""
    actor_id: UUID | None = None
    comment: str | None = None

    @property
    def subject(self) -> str:
        return f"plans/{self.plan_id}"


class CycleChanged(_Procedure):
    """A cycle as it now is, in `[starts_on, ends_on)`."""

    event_type: ClassVar[str] = "cycle.changed.v1"

    cycle_id: UUID
    sequence: int
    name: str
    phase: Literal["planning", "running", "frozen", "published"]
    starts_on: date
    ends_on: date
    plan_due_on: date
    """The last day to submit plans."""

    @property
    def subject(self) -> str:
        return f"cycles/{self.cycle_id}"


class ReportReady(_Procedure):
    """An employee's report of a published cycle can be read."""

    event_type: ClassVar[str] = "report.ready.v1"

    report_id: UUID
    scorecard_id: UUID
    cycle_id: UUID
    employee_id: UUID
    department_id: UUID
    sequence: int
    total: DecimalText | None = None
    grade: str | None = None

    @property
    def subject(self) -> str:
        return f"reports/{self.report_id}"


class FeedbackGiven(_Procedure):
    """A head has told somebody what stands behind a result; the text stays at home."""

    event_type: ClassVar[str] = "feedback.given.v1"

    feedback_id: UUID
    scorecard_id: UUID
    employee_id: UUID
    """To whom."""
    author_id: UUID
    """By which employee."""

    @property
    def subject(self) -> str:
        return f"feedback/{self.feedback_id}"


class ImprovementPlanChanged(_Procedure):
    """An improvement plan moved to `state`; its texts stay at home."""

    event_type: ClassVar[str] = "improvement_plan.changed.v1"

    improvement_plan_id: UUID
    sequence: int
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    state: Literal["submitted", "accepted", "done"]

    @property
    def subject(self) -> str:
        return f"improvement-plans/{self.improvement_plan_id}"


class TaskDue(_Procedure):
    """Somebody must act: `task` says what (`plan.submit`, …), `day` makes one reminder of one day unique."""

    event_type: ClassVar[str] = "task.due.v1"

    task: str
    about: str
    """The resource to act on, such as `plans/{id}`."""
    cycle_id: UUID
    department_id: UUID
    day: date
    due_on: date

    @property
    def subject(self) -> str:
        return self.about
