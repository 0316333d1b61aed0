"""Departments: a tree by parent, led by heads and acting heads over time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
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

    def changed(self, *, code: str, name: str, at: datetime) -> "Department":
        """Give the department another code or name."""
        return replace(self, code=code, name=name, sequence=self.sequence + 1, updated_at=at)

    def led_by(self, heads: Sequence[Headship], *, at: datetime) -> "Department":
        """Put a whole new timeline of heads in place.

        Raises Invalid (`heads_overlap`) where two heads, or two who act, would lead on the same day.
        """
        _refuse_overlaps(heads)
        return replace(self, heads=tuple(heads), sequence=self.sequence + 1, updated_at=at)

    def moved_below(self, parent_id: UUID | None, *, ancestors: Sequence[UUID], at: datetime) -> "Department":
        """Hang the department below another, whose own `ancestors` (itself first) are given.

        Raises Conflict (`department_circle`) where it would come to lie below itself.
        """
        if self.id in ancestors:
            raise Conflict("department_circle", "A department cannot lie below itself.")
        return replace(self, parent_id=parent_id, sequence=self.sequence + 1, updated_at=at)


def _refuse_overlaps(heads: Sequence[Headship]) -> None:
    violations = [
        Violation(f"/heads/{later}", "heads_overlap", f"Another {head.kind} holds on some of these days.")
        for later, head in enumerate(heads)
        if any(head.kind == other.kind and head.period.overlap(other.period) for other in heads[:later])
    ]
    if violations:
        raise Invalid("heads_overlap", "Two people cannot hold the same place on one day.", violations=violations)
