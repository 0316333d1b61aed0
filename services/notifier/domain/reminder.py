"""Reminder rules: on which days around its due day a task reminds those who must act."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReminderRule:
    id: UUID
    task: str
    days_before_or_after: tuple[int, ...]
    """Days relative to the due day: −3 is three days before it, 0 the day itself, 2 two days late."""
    enabled: bool
    sequence: int
    created_at: datetime
    updated_at: datetime

    def changed(self, changes: Mapping[str, Any], *, at: datetime) -> "ReminderRule":
        """Apply a merge patch."""
        return replace(self, **changes, sequence=self.sequence + 1, updated_at=at)

    def reminds_on(self, day: date, *, due_on: date) -> bool:
        """Tell whether a task due on `due_on` reminds on `day`; a disabled rule silences its task."""
        return self.enabled and (day - due_on).days in self.days_before_or_after


def reminds(rule: ReminderRule | None, day: date, *, due_on: date) -> bool:
    """Decide by the task's rule; without one, every day on which the task is called due reminds."""
    return rule is None or rule.reminds_on(day, due_on=due_on)
