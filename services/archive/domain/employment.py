"""Employments: effective-dated spells in a department and position, at most one full-time equivalent a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.core.decimals import plain
from shared.core.errors import Conflict, placed
from shared.core.periods import FOREVER, Period

FULL_TIME = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Where, as what, under whom and how much somebody works in `[starts_on, ends_on)`."""

    department_id: UUID
    position_id: UUID
    manager_id: UUID | None = None
    fte: Decimal = FULL_TIME
    starts_on: date
    ends_on: date | None = None

    @property
    def period(self) -> Period:
        with placed("/ends_on"):
            return Period(self.starts_on, self.ends_on or FOREVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment(Terms):
    id: UUID
    position_name: str
    """What the position is called now; the position keeps it."""

    def cut(self, on: date, *, open_end: date | None) -> "Employment":
        """End here what would otherwise go on, up to `open_end` where even that is set."""
        return replace(self, ends_on=on) if self.ends_on == open_end and self.starts_on < on else self


def refuse_overload(spells: Sequence[Employment]) -> None:
    """Raise Conflict (`fte_exceeded`) where spells of one day add up to more than full time.

    The sum can only rise on a day on which a spell starts, so those days are enough to look at.
    """
    for day in sorted({spell.starts_on for spell in spells}):
        together = sum((spell.fte for spell in spells if day in spell.period), Decimal(0))
        if together > FULL_TIME:
            raise Conflict("fte_exceeded", f"On {day} the employments would add up to {plain(together)} FTE.")
