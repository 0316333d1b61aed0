"""Divides a target over those below it; parts and what is nobody's sum exactly to it, to the smallest unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from shared.core.decimals import largest_remainder

Basis = Literal["equal", "fte", "eligible_days", "historical", "manual"]
"""By head, by FTE, by workdays times FTE in the cycle, by what was reached in three years, or by hand alone."""
MONEY_PLACES = 2
RATE_PLACES = 4
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cascade:
    """By what a cycle's targets are divided: the company's over departments, and a department's over people."""

    departments: Basis = "equal"
    people: Basis = "equal"

    @property
    def looks_at_days(self) -> bool:
        """Whether it needs to know when and how much everybody works."""
        return bool({self.departments, self.people} & {"fte", "eligible_days"})


STANDARD = Cascade()


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody who may get a part in proportion to a weight; an `override` is a part set by hand, and stays."""

    subject: UUID
    weight: Fraction = Fraction(1)
    override: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """`total` = parts + `unassigned`, exactly; who gets nothing to reach is not among the parts."""

    total: Decimal
    parts: dict[UUID, Decimal]
    unassigned: Decimal

    @property
    def over_assigned(self) -> bool:
        """Whether hand-made parts exceed the total."""
        return (self.unassigned < 0) if self.total >= 0 else (self.unassigned > 0)


def split(total: Decimal, claims: Sequence[Claim], *, digits: int = MONEY_PLACES) -> Split:
    """Give overrides what they say, and the others their share of the rest by largest remainder."""
    parts = {claim.subject: claim.override for claim in claims if claim.override is not None}
    rest = total - sum(parts.values(), _NOTHING)
    sharing = [claim for claim in claims if claim.override is None and claim.weight > 0]
    exhausted = (rest <= 0) if total >= 0 else (rest >= 0)
    if exhausted or not sharing:
        return Split(total, parts, rest)
    amounts = largest_remainder(rest, [claim.weight for claim in sharing], digits=digits)
    return Split(total, parts | dict(zip((claim.subject for claim in sharing), amounts, strict=True)), _NOTHING)
