"""How far sources say that they are complete, and which periods a word of theirs reaches."""

from dataclasses import dataclass
from datetime import date, timedelta

from shared.core.periods import Period

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Advance:
    """A source that is complete through a later day by now than it was."""

    measure: str
    former: date | None
    """None where it had declared nothing."""
    through: date

    def reaches_into(self, period: Period) -> bool:
        """Tell whether it says anything new of the days of a period."""
        return self.through >= period.starts_on and (self.former is None or self.former < period.ends_on - _DAY)
