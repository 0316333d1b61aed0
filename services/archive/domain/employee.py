"""Employees: master data with the whole timeline of employments and leaves, past and planned."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.archive.domain.directory import Values
from services.archive.domain.employment import Employment, refuse_overload
from shared.core.errors import Conflict, NotFound
from shared.core.periods import FOREVER, Period


@dataclass(frozen=True, slots=True)
class Leave:
    """Days away, `[starts_on, ends_on)`."""

    id: UUID
    kind: str
    starts_on: date
    ends_on: date

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class Employee:
    """A person of the company from `joined_on` up to, not including, `left_on`."""

    id: UUID
    work_number: str
    name: str
    email: str | None
    joined_on: date
    left_on: date | None
    custom_fields: Mapping[str, Any]
    sequence: int
    created_at: datetime
    updated_at: datetime
    employments: tuple[Employment, ...] = ()
    leaves: tuple[Leave, ...] = ()
    user_name: str | None = None
    """What a directory calls the person; the work number stands for it where none does."""
    external_id: str | None = None
    directory: Mapping[str, Any] = field(default_factory=dict)
    """What else a directory says, and the archive itself does not know."""
    phone_numbers: Values = ()
    released_at: datetime | None = None
    """Since when no directory looks after the person any more."""

    def changed(self, changes: Mapping[str, Any], *, at: datetime) -> "Employee":
        """Correct master data."""
        return self._next(at, **changes)

    def employed(self, spell: Employment, *, concurrent: bool, at: datetime) -> "Employee":
        """Add a spell: a transfer that ends the open ones, or, `concurrent`, one beside them.

        A spell that starts on the day somebody left, or later, takes the person on again.
        Raises Conflict (`fte_exceeded`, `outside_membership`, `own_manager`).
        """
        left_on = None if self.left_on is not None and spell.starts_on >= self.left_on else self.left_on
        added = replace(spell, ends_on=left_on) if spell.ends_on is None else spell
        standing = self.employments
        if not concurrent:
            standing = tuple(other.cut(spell.starts_on, open_end=left_on) for other in standing)
        return self._next(at, left_on=left_on, employments=(*standing, added))

    def employment(self, employment_id: UUID) -> Employment:
        """Give one spell. Raises NotFound."""
        for spell in self.employments:
            if spell.id == employment_id:
                return spell
        raise NotFound.of("employment")

    def corrected(self, spell: Employment, *, at: datetime) -> "Employee":
        """Put a spell in the place of the one with its id. Raises like `employed`."""
        others = tuple(other for other in self.employments if other.id != spell.id)
        return self._next(at, employments=(*others, spell))

    def without_employment(self, employment_id: UUID, *, at: datetime) -> "Employee":
        """Take out a spell that never was. Raises NotFound."""
        removed = self.employment(employment_id)
        return self._next(at, employments=tuple(spell for spell in self.employments if spell != removed))

    def departed(self, on: date, *, today: date, at: datetime) -> "Employee":
        """Let the person leave; what was only planned for later falls away, history stays.

        A second departure corrects the first. Raises Conflict (`departure_before_joining`, `worked_after_departure`).
        """
        if on < self.joined_on:
            raise Conflict("departure_before_joining", f"This person joined on {self.joined_on}.")
        if any(on <= spell.starts_on <= today for spell in self.employments):
            raise Conflict("worked_after_departure", "An employment has begun on or after that day; correct it first.")
        spells = tuple(
            replace(spell, ends_on=on if spell.ends_on in {None, self.left_on} else min(spell.ends_on or on, on))
            for spell in self.employments
            if spell.starts_on < on
        )
        leaves = tuple(replace(leave, ends_on=min(leave.ends_on, on)) for leave in self.leaves if leave.starts_on < on)
        return self._next(at, left_on=on, employments=spells, leaves=leaves)

    def away(self, leave: Leave, *, at: datetime) -> "Employee":
        """Add a leave. Raises Conflict (`leaves_overlap`, `outside_membership`)."""
        if any(leave.period.overlap(other.period) for other in self.leaves):
            raise Conflict("leaves_overlap", "This person is away on some of these days already.")
        return self._next(at, leaves=(*self.leaves, leave))

    def without_leave(self, leave_id: UUID, *, at: datetime) -> "Employee":
        """Take out a leave. Raises NotFound."""
        leaves = tuple(leave for leave in self.leaves if leave.id != leave_id)
        if len(leaves) == len(self.leaves):
            raise NotFound.of("leave")
        return self._next(at, leaves=leaves)

    def checked(self) -> "Employee":
        """Give itself with its timeline in order. Raises Conflict where a rule of the timeline is broken."""
        for period in (*(spell.period for spell in self.employments), *(leave.period for leave in self.leaves)):
            self._refuse_outside(period)
        if self.left_on is not None and self.left_on < self.joined_on:
            raise Conflict("departure_before_joining", f"This person left on {self.left_on}, before joining.")
        if any(spell.manager_id == self.id for spell in self.employments):
            raise Conflict("own_manager", "Nobody is their own manager.")
        refuse_overload(self.employments)
        return replace(
            self,
            employments=tuple(sorted(self.employments, key=lambda spell: (spell.starts_on, spell.id))),
            leaves=tuple(sorted(self.leaves, key=lambda leave: leave.starts_on)),
        )

    def _next(self, at: datetime, **changes: object) -> "Employee":
        changed: Employee = replace(self, **changes, sequence=self.sequence + 1, updated_at=at)  # type: ignore[arg-type]  # replace() checks the names when it runs
        return changed.checked()

    def _refuse_outside(self, period: Period) -> None:
        if period.starts_on < self.joined_on or period.ends_on > (self.left_on or FOREVER):
            membership = f"joined on {self.joined_on}" + (f" and left on {self.left_on}" if self.left_on else "")
            raise Conflict("outside_membership", f"This person {membership}; these days lie outside.")
