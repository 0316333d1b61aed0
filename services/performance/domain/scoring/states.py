"""What can be said of a number that may not be there: five ways of having none, and why."""

from enum import IntEnum
from typing import Self


class _Labelled(IntEnum):
    """Small integers in columns, lower-case words everywhere else."""

    @property
    def label(self) -> str:
        return self.name.lower()

    @classmethod
    def labelled(cls, label: str) -> Self:
        return cls[label.upper()]


class ItemState(_Labelled):
    """An item's data. Only `VALUE` and `ZERO` (a known zero) are numbers; `ERROR` never counts as 0."""

    VALUE = 0
    ZERO = 1
    MISSING = 2
    """Nothing came and nothing more is expected."""
    PENDING = 3
    """Not known yet."""
    NOT_APPLICABLE = 4
    ERROR = 5


class ItemCode(_Labelled):
    """Why an item is in its state; `NONE` where there is nothing to explain."""

    NONE = 0
    NO_ROWS = 1
    INCOMPLETE = 2
    """A source has not yet declared itself complete through the day that counts."""
    DENOMINATOR_ZERO = 3
    VALUE_OUT_OF_RANGE = 4
    TARGET_MISSING = 5
    TARGET_ZERO = 6
    TARGET_NEGATIVE = 7
    RATING_OFF_SCALE = 8
    MISSING_AS_ZERO = 9
    EXCLUDED = 10
    """Its weight was taken out and the others rescaled, as the metric's policy says."""
    EXCLUSION_OVER_LIMIT = 11
    """More weight is taken out, with what does not apply, than a metric among it allows."""
    MISSING_BLOCKS = 12
    TARGET_MISPLACED = 13
    """The target lies on the wrong side of the rule's other place, such as below its baseline."""
    RATE_MISSING = 14
    """An amount waits for the exchange rate of its day; at the end of a cycle as well, for it is not missing itself."""
    CURRENCY_MIXED = 15
    """Amounts in several currencies, or with and without one, and the metric does not say what to count in."""
    CURRENCY_MISSING = 16
    """An amount without a currency in a metric that states its own."""
    SOURCE_STALE = 17
    """A source's newest data is older than the metric allows, and the metric waits for it; no data is missing."""
    NOT_APPLICABLE = 18
    """Somebody decided that it does not apply; its weight is taken out and the others are rescaled."""


class CardState(_Labelled):
    """A scorecard's completeness. Only `COMPLETE` has a grade; `BLOCKED` and `UNGRADED` have no total either."""

    COMPLETE = 0
    PENDING = 1
    """Items are outstanding; the total counts what is there and is not rescaled."""
    BLOCKED = 2
    """An item's error, or missing data under a policy that forbids going on."""
    UNGRADED = 3
    """Nothing applies to this person, or too few days."""


WAITING_CODES = (ItemCode.RATE_MISSING, ItemCode.SOURCE_STALE)
"""Of what is pending though its data came: no policy for missing data is asked."""
ITEM_STATES, ITEM_CODES = tuple(ItemState), tuple(ItemCode)
"""By number, which is faster than to ask the enumeration, and is asked for every line of every person."""
