"""What a source states in one message, and the facts it becomes once everybody it names is known."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from services.connector.domain.identity import Directory, Reference, Subject, Unresolved
from shared.core.clock import business_date
from shared.core.decimals import MAX_PLACES, largest_remainder
from shared.core.errors import Invalid

_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction of an observation that somebody is credited with."""

    reference: Reference
    fraction: Decimal = _WHOLE


def refuse_uneven(shares: Sequence[Share]) -> None:
    """Raise Invalid where shares are not positive, name somebody twice, or do not sum to one exactly."""
    for position, share in enumerate(shares):
        if share.fraction <= 0:
            pointer = f"/credits/{position}/share"
            raise Invalid.at(pointer, "share_not_positive", "A share must be more than nothing.")
        if any(share.reference == other.reference for other in shares[:position]):
            raise Invalid.at(f"/credits/{position}", "credit_repeated", "Name everybody once, with the whole share.")
    if sum(share.fraction for share in shares) != _WHOLE:
        raise Invalid.at("/credits", "shares_not_one", "The shares must sum to exactly 1.")


@dataclass(frozen=True, slots=True)
class Credit:
    """One person's (or department's, or the company's) exact part; `resolved` says why nobody, where nobody is."""

    reference: Reference
    fraction: Decimal
    value: Decimal
    resolved: Subject | Unresolved

    @property
    def subject(self) -> Subject | None:
        return self.resolved if isinstance(self.resolved, Subject) else None


@dataclass(frozen=True, slots=True)
class Facts:
    """A statement with its business date settled and its references looked up."""

    measure: str
    value: Decimal
    occurred_at: datetime
    credit_date: date
    credits: tuple[Credit, ...]
    currency: str | None = None
    cohort_date: date | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)

    def parts(self) -> dict[Subject, Decimal]:
        """Sum the parts of each subject; two references may turn out to name one person."""
        parts: dict[Subject, Decimal] = {}
        for credit in self.credits:
            if credit.subject is not None:
                parts[credit.subject] = parts.get(credit.subject, Decimal(0)) + credit.value
        return parts

    def looked_up(self, directory: Directory) -> "Facts":
        """Look every reference up anew; gives the same facts where nothing changed."""
        credits_ = tuple(
            replace(credit, resolved=directory.resolve(credit.reference, on=self.credit_date))
            for credit in self.credits
        )
        return self if credits_ == self.credits else replace(self, credits=credits_)


@dataclass(frozen=True, slots=True)
class Statement:
    """A quantity of one measure, when it came about, and to whose credit."""

    measure: str
    value: Decimal
    occurred_at: datetime
    shares: tuple[Share, ...]
    credit_date: date | None = None
    """The business date of `occurred_at` in the tenant's zone unless stated."""
    currency: str | None = None
    cohort_date: date | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)

    def facts(self, directory: Directory, *, zone: str) -> Facts:
        """Settle the date, look everybody up and split the value exactly."""
        day = self.credit_date or business_date(self.occurred_at, zone)
        return Facts(
            measure=self.measure,
            value=self.value,
            occurred_at=self.occurred_at,
            credit_date=day,
            credits=tuple(
                Credit(share.reference, share.fraction, part, directory.resolve(share.reference, on=day))
                for share, part in zip(self.shares, self._split(), strict=True)
            ),
            currency=self.currency,
            cohort_date=self.cohort_date,
            dimensions=self.dimensions,
        )

    def fingerprint(self) -> bytes:
        """Digest the meaning, so that other spellings of the same are the same (`10.0` and `10.00`, other offsets)."""
        meaning = (
            self.measure,
            self.value.normalize(),
            self.occurred_at.astimezone(UTC),
            self.credit_date,
            self.currency,
            self.cohort_date,
            sorted(self.dimensions.items()),
            [(share.reference.kind, share.reference.value, share.fraction.normalize()) for share in self.shares],
        )
        return hashlib.blake2b("\n".join(map(str, meaning)).encode(), digest_size=16).digest()

    def _split(self) -> list[Decimal]:
        if len(self.shares) == 1:
            return [self.value]
        return largest_remainder(self.value, [share.fraction for share in self.shares], digits=MAX_PLACES)
