"""Cascades a target from the company over departments to holders; every level sums exactly, to the smallest unit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.core.decimals import largest_remainder, round_half_up
from shared.core.errors import Conflict

Method = Literal["equal", "fte", "historical", "manual"]
MONEY_PLACES = 2
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody who may get a part: a holder of the metric, or a department."""

    subject: UUID
    fte: Decimal = Decimal(1)
    history: Decimal | None = None
    """What was reached before; None (a newcomer) counts as the mean of the others."""
    override: Decimal | None = None
    """A part set by hand; it stays whatever the rest gets."""


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


@dataclass(frozen=True, slots=True)
class DepartmentClaim:
    """A department with its holders; an `override` sets its whole part by hand."""

    subject: UUID
    holders: tuple[Claim, ...]
    override: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cascade:
    """The parts of the company's target, and the split of each department's part."""

    company: Split
    departments: dict[UUID, Split]

    @property
    def unassigned(self) -> Decimal:
        """Everything that is nobody's yet, at either level."""
        return self.company.unassigned + sum((split.unassigned for split in self.departments.values()), _NOTHING)


def cascade(
    total: Decimal, departments: Sequence[DepartmentClaim], *, method: Method, digits: int = MONEY_PLACES
) -> Cascade:
    """Split `total` over departments by the weight of their holders, then each part over the holders.

    Raises Conflict (`history_missing`) where shares follow history and nobody has any.
    """
    shares = _weights([holder for each in departments for holder in each.holders], method)
    company = _company_split(total, departments, shares, digits=digits)
    inner = {
        each.subject: _share_out(
            company.parts[each.subject],
            each.holders,
            [shares[holder.subject] for holder in each.holders],
            digits=digits,
        )
        for each in departments
        if each.subject in company.parts
    }
    return Cascade(company, inner)


def split(
    total: Decimal, claims: Sequence[Claim], *, method: Method, reserved: Decimal = _NOTHING, digits: int = MONEY_PLACES
) -> Split:
    """Split `total` over `claims`, leaving `reserved` unassigned; raises Conflict like `cascade`."""
    shares = _weights(claims, method)
    weights = [shares[claim.subject] for claim in claims]
    return _share_out(total, claims, weights, reserved=reserved, digits=digits)


def released(before: Split, subject: UUID) -> Split:
    """Move the part of somebody who left to `unassigned`, instead of raising the colleagues' parts."""
    parts = {other: part for other, part in before.parts.items() if other != subject}
    return replace(before, parts=parts, unassigned=before.unassigned + before.parts.get(subject, _NOTHING))


def _company_split(
    total: Decimal, departments: Sequence[DepartmentClaim], shares: dict[UUID, Decimal], *, digits: int
) -> Split:
    """Keep what is set by hand inside departments, and share the rest by the weight of everybody else."""
    by_hand = {each.subject: _by_hand(each) for each in departments if each.override is None}
    kept = sum(by_hand.values(), _NOTHING)
    claims = [Claim(each.subject, override=each.override) for each in departments]
    weights = [
        sum((shares[holder.subject] for holder in each.holders if holder.override is None), _NOTHING)
        for each in departments
    ]
    rest = _share_out(total, claims, weights, reserved=kept, digits=digits)
    parts = rest.parts | {
        subject: amount + rest.parts.get(subject, _NOTHING)
        for subject, amount in by_hand.items()
        if amount or subject in rest.parts
    }
    return Split(total, parts, rest.unassigned - kept)


def _by_hand(department: DepartmentClaim) -> Decimal:
    return sum((holder.override for holder in department.holders if holder.override is not None), _NOTHING)


def _share_out(
    total: Decimal, claims: Sequence[Claim], weights: Sequence[Decimal], *, digits: int, reserved: Decimal = _NOTHING
) -> Split:
    """Give overrides what they say and the others their share of the rest, by largest remainder."""
    parts = {claim.subject: claim.override for claim in claims if claim.override is not None}
    rest = total - sum(parts.values(), _NOTHING) - reserved
    open_claims = [
        (claim.subject, weight) for claim, weight in zip(claims, weights, strict=True) if claim.override is None
    ]
    sharing = [(subject, weight) for subject, weight in open_claims if weight > 0]
    exhausted = (rest <= 0) if total >= 0 else (rest >= 0)
    if exhausted or not sharing:
        return Split(total, parts, rest + reserved)
    amounts = largest_remainder(rest, [weight for _, weight in sharing], digits=digits)
    parts |= {subject: amount for (subject, _), amount in zip(sharing, amounts, strict=True)}
    return Split(total, parts, reserved)


def _weights(claims: Sequence[Claim], method: Method) -> dict[UUID, Decimal]:
    if method == "equal":
        return {claim.subject: Decimal(1) for claim in claims}
    if method == "fte":
        return {claim.subject: claim.fte for claim in claims}
    if method == "manual":
        return {claim.subject: _NOTHING for claim in claims}
    return _historical(claims)


def _historical(claims: Sequence[Claim]) -> dict[UUID, Decimal]:
    known = [max(claim.history, _NOTHING) for claim in claims if claim.history is not None]
    if claims and not any(known):
        raise Conflict("history_missing", "Nobody among the holders has a history to share by.")
    mean = round_half_up(sum(known, _NOTHING) / len(known), MONEY_PLACES) if known else _NOTHING
    return {claim.subject: mean if claim.history is None else max(claim.history, _NOTHING) for claim in claims}
