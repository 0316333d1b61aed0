"""What somebody declares about a change: from when on it holds, and that it may make days gone by harder."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.core.errors import Conflict, Invalid

EffectKind = Literal["whole_cycle", "from_date", "next_cycle"]


@dataclass(frozen=True, slots=True)
class Effect:
    """`tightening_confirmed`: that HR means it although it asks for more of days gone by."""

    kind: EffectKind = "whole_cycle"
    effective_on: date | None = None
    tightening_confirmed: bool = False

    def require_day(self) -> None:
        """Raise Invalid (`day_unfit`) where the day is missing or not wanted."""
        if (self.kind == "from_date") != (self.effective_on is not None):
            raise Invalid.at("/effective_on", "day_unfit", "A day stands here for `from_date`, and only then.")

    def refuse_tightening(self, tightened: int, what: str) -> None:
        """Raise Conflict (`tightening_unconfirmed`) where HR has not said that it is meant; `what` is counted."""
        if tightened and not self.tightening_confirmed:
            detail = f"{tightened} {what}; confirm that, or let it hold from today."
            raise Conflict("tightening_unconfirmed", detail)
