"""Events of the performance engine about scorecards."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.decimals import DecimalText
from shared.contracts.envelope import EventData, Part
from shared.contracts.topics import SCORES, Topic

MAX_CHANGES = 500
"""Changes one event carries at most."""

ScoreStatus = Literal["provisional", "frozen", "published", "revised"]
CauseKind = Literal[
    "observations",
    "target",
    "scheme",
    "plan",
    "organisation",
    "cycle",
    "recompute",
    "exchange_rate",
    "freshness",
    "applicability",
]


class Cause(Part):
    """Why scores were computed anew; `reference` names the scheme, target, plan or cycle behind it."""

    kind: CauseKind
    reference: str | None = None


class ItemResult(Part):
    """One line of a scorecard; `weight` in basis points, `state` says why a number may be absent."""

    key: str
    metric: str
    name: str
    weight: int
    state: str
    target: DecimalText | None = None
    actual: DecimalText | None = None
    points: DecimalText | None = None
    """Of a veto, 1 where it fires and 0 where it spares."""
    role: str = "weighted"
    """weighted | bonus | penalty | veto; only what is weighted has a weight."""
    segment: int = 0
    """Which stretch of the cycle a weighted line is about, from 0: a transfer to another scheme begins the next."""


class BeforeVeto(Part):
    """What a scorecard would show without the vetoes that fired."""

    total: DecimalText | None = None
    grade: str | None = None


class Computed(Part):
    """What was computed, where people decided otherwise."""

    total: DecimalText | None = None
    grade: str | None = None


class MetricResult(Part):
    """What a person reached of a metric in the whole cycle, once a metric."""

    metric: str
    target: DecimalText | None = None
    """Of what grows with time what was asked of the person's days in the cycle; else of the longest segment."""
    actual: DecimalText | None = None


class ScoreChange(Part):
    """One scorecard before and after; null totals and grades where there was or is none yet."""

    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    sequence: int
    """The scorecard's version; drop a change whose sequence is not above the last one seen."""
    status: ScoreStatus
    previous_total: DecimalText | None = None
    previous_grade: str | None = None
    total: DecimalText | None = None
    grade: str | None = None
    items: tuple[ItemResult, ...] = ()
    before_veto: BeforeVeto | None = None
    """Null where no veto fired."""


class ScoresChanged(EventData):
    """Scorecards that one score run changed: at most 500 an event, each scorecard once."""

    event_type: ClassVar[str] = "scores.changed.v1"
    topic: ClassVar[Topic] = SCORES

    cycle_id: UUID
    run_id: UUID
    """The score run; one of many changes leaves as several events."""
    cause: Cause
    changes: tuple[ScoreChange, ...]

    @property
    def subject(self) -> str:
        return f"score-runs/{self.run_id}"

    @property
    def order_key(self) -> str:
        return f"cycles/{self.cycle_id}"


class _OneScore(EventData):
    topic: ClassVar[Topic] = SCORES

    cycle_id: UUID
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    sequence: int
    total: DecimalText | None = None
    grade: str | None = None
    items: tuple[ItemResult, ...] = ()
    before_veto: BeforeVeto | None = None
    """Null where no veto fired."""
    computed: Computed | None = None
    """Where total and grade are calibrated: what the items add up to. Null elsewhere."""
    metrics: tuple[MetricResult, ...] | None = None
    """Of several segments sums are added up; of rates, ratings and gauges the longest segment speaks."""

    @property
    def subject(self) -> str:
        return f"scorecards/{self.scorecard_id}"

    @property
    def order_key(self) -> str:
        return f"cycles/{self.cycle_id}"


class ScorePublished(_OneScore):
    """A final result; payroll may act on it."""

    event_type: ClassVar[str] = "score.published.v1"

    cycle_starts_on: str
    """First day of the cycle, `YYYY-MM-DD`."""
    cycle_ends_on: str
    """First day after the cycle, `YYYY-MM-DD`."""


class ScoreRevised(_OneScore):
    """A new result for a scorecard whose previous result was already published."""

    event_type: ClassVar[str] = "score.revised.v1"

    previous_total: DecimalText | None = None
    previous_grade: str | None = None
    reason: str


class RevisionChanged(EventData):
    """A proposal to revise a published result came up, moved or was decided; its numbers stay at home."""

    event_type: ClassVar[str] = "revision.changed.v1"
    topic: ClassVar[Topic] = SCORES

    revision_id: UUID
    sequence: int
    scorecard_id: UUID
    cycle_id: UUID
    employee_id: UUID
    department_id: UUID
    state: Literal["proposed", "approved", "rejected", "withdrawn"]

    @property
    def subject(self) -> str:
        return f"revisions/{self.revision_id}"

    @property
    def order_key(self) -> str:
        return f"cycles/{self.cycle_id}"
