"""The feed: what changed, in the order in which it became known here; ids and a path to read, never a value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.core.errors import Gone

ChangeType = Literal[
    "business_target.changed.v1",
    "calendar.changed.v1",
    "connection.changed.v1",
    "connection.stale.v1",
    "cycle.changed.v1",
    "department.changed.v1",
    "employee.changed.v1",
    "feedback.given.v1",
    "improvement_plan.changed.v1",
    "metric.changed.v1",
    "observations.recorded.v1",
    "plan.changed.v1",
    "position.changed.v1",
    "record.changed.v1",
    "report.ready.v1",
    "revision.changed.v1",
    "scheme.published.v1",
    "score.changed.v1",
    "score.published.v1",
    "score.revised.v1",
    "scores.changed.v1",
    "target.changed.v1",
    "tenant.changed.v1",
]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one resource."""

    id: UUID
    """The same as that of the message which a subscriber gets of it."""
    type: str
    subject: str
    resource: str
    """Which collection it belongs to; who may read that may read of its changes."""
    resource_id: UUID | None
    """Null where it stands for several, such as the observations of one person."""
    sequence: int
    time: datetime
    url: str
    employee_id: UUID | None = None
    department_id: UUID | None = None
    """Whom it is about; neither for what is about the company as a whole."""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """What the feed holds: positions above `forgotten`, up to and including `last`."""

    last: int
    forgotten: int

    def require(self, position: int) -> None:
        """Raise Gone (`cursor_expired`) where changes after a position are forgotten, or it was never reached."""
        if not self.forgotten <= position <= self.last:
            raise Gone("cursor_expired", "What changed after this cursor is not kept any more; read the lists anew.")
