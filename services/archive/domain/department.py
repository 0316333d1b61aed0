"""Departments: a tree by parent, led by heads and acting heads over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from shared.core.errors import Conflict, Invalid, Violation
from shared.core.periods import FOREVER, Period


@dataclass(frozen=True, slots=True)
class Headship:
    """Who leads in `[starts_on, ends_on)`: the head, or somebody acting in the head's place."""

    employee_id: UUID
    kind: Literal["head", "acting"]
    starts_on: date
    ends_on: date | None = None

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on or FOREVER)

    def collides_with(self, other: "Headship") -> bool:
        """Tell whether both would hold one place, or one person both places, on the same day."""
        same = self.kind == other.kind or self.employee_id == other.employee_id
        return same and self.period.overlap(other.period) is not None


@dataclass(frozen=True, slots=True)
class Department:
    id: UUID
    code: str
    name: str
    parent_id: UUID | None
    sequence: int
    created_at: datetime
    updated_at: datetime
    heads: tuple[Headship, ...] = ()
    external_id: str | None = None
    """What a directory calls it."""
    released_at: datetime | None = None
    """Since when no directory looks after it any more."""

    def changed(self, changes: Mapping[str, Any], *, at: datetime) -> "Department":
        """Give the department another code, name or parent."""
        return replace(self, **changes, sequence=self.sequence + 1, updated_at=at)

    def led_by(self, heads: Sequence[Headship], *, at: datetime) -> "Department":
        """Put a whole new timeline of heads in place. Raises Invalid (`heads_overlap`)."""
        _refuse_overlaps(heads)
        return replace(self, heads=tuple(heads), sequence=self.sequence + 1, updated_at=at)

    def left_by(self, employee_id: UUID, *, on: date, at: datetime) -> "Department":
        """End every headship of somebody who leaves the company."""
        staying = [head for head in self.heads if head.employee_id != employee_id or head.starts_on < on]
        heads = tuple(
            replace(head, ends_on=min(head.ends_on or on, on)) if head.employee_id == employee_id else head
            for head in staying
        )
        return replace(self, heads=heads, sequence=self.sequence + 1, updated_at=at)

    def refuse_circle(self, ancestors: Sequence[UUID]) -> None:
        """Raise Conflict (`department_circle`) where a new parent's `ancestors`, itself included, hold this one."""
        if self.id in ancestors:
            raise Conflict("department_circle", "A department cannot lie below itself.")


def _refuse_overlaps(heads: Sequence[Headship]) -> None:
    violations = [
        Violation(f"/heads/{later}", "heads_overlap", f"Another {head.kind} holds on some of these days.")
        if head.kind == other.kind
        else Violation(f"/heads/{later}", "heads_overlap", "The head cannot act in the head's own place.")
        for later, head in enumerate(heads)
        for other in heads[:later]
        if head.collides_with(other)
    ]
    if violations:
        raise Invalid("heads_overlap", "One place has one holder on one day.", violations=violations)
