"""What the use cases of the scores need: observations that count, scorecards, runs, reports."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from services.performance.domain.observation import Touch
from shared.contracts.observations import CompletenessDeclared, ObservationItem


class Observations(Protocol):
    """Every revision of what was observed; the highest of each observation and subject counts."""

    async def record(self, items: Sequence[ObservationItem], *, late: Sequence[bool], at: datetime) -> list[Touch]:
        """Keep items that are news, one per observation and subject; gives what came to count or ceased to."""
        ...

    async def declare_complete(self, declared: Sequence[CompletenessDeclared], *, at: datetime) -> Collection[str]:
        """Move watermarks forward; gives the measures of those that moved."""
        ...
