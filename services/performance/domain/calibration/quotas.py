"""Quotas of grades: shares in basis points, and how many people they are in a group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

QuotaKind = Literal["max", "min", "exact"]
Remainder = Literal["largest_remainder", "floor", "ceil"]
WHOLE = 10_000
"""Basis points of a whole group."""
Bounds = tuple[int, int]
"""Fewest and most people a grade may have."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a group may have a grade, as a share of its graded people in basis points."""

    grade: str
    kind: QuotaKind
    share: int

    def bounds(self, required: int, people: int) -> Bounds:
        """Give how many of `people` the grade may have where the quota is `required` of them."""
        return (0 if self.kind == "max" else required), (people if self.kind == "min" else required)


def whole_people(shares: Sequence[int], people: int, remainder: Remainder) -> list[int]:
    """Turn shares of `people` (basis points, the best grade first) into whole people.

    `floor` and `ceil` round each by itself. Of the `largest_remainder` the fractions make as many whole people as they
    add up to, one for each of the largest; of equal ones the better grade comes first. What has no quota counts as one
    more share, the last.
    """
    exact = [share * people for share in shares]
    if remainder == "ceil":
        return [-(-each // WHOLE) for each in exact]
    whole = [each // WHOLE for each in exact]
    if remainder == "largest_remainder":
        fractions = [each % WHOLE for each in (*exact, max(WHOLE - sum(shares), 0) * people)]
        largest = sorted(range(len(fractions)), key=lambda at: (-fractions[at], at))
        for at in largest[: sum(fractions) // WHOLE]:
            if at < len(whole):
                whole[at] += 1
    return whole
