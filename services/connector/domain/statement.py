"""What a source states in one message, and the facts it becomes once everybody it names is known.

Tuples rather than frozen dataclasses: every message makes one of each, and these take a third of the time to make.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from services.connector.domain.identity import Directory, Reference, Subject, Unresolved
from shared.core.clock import business_date
from shared.core.decimals import MAX_PLACES, largest_remainder
from shared.core.errors import Invalid

_WHOLE = Decimal(1)


class Share(NamedTuple):
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


class Credit(NamedTuple):
    """One person's (or department's, or the company's) exact part; `resolved` says why nobody, where nobody is."""

    reference: Reference
    resolved: Subject | Unresolved
    value: Decimal
    fraction: Decimal = _WHOLE

    @property
    def subject(self) -> Subject | None:
        return self.resolved if isinstance(self.resolved, Subject) else None


class Facts(NamedTuple):
    """A statement with its business date settled and its references looked up."""

    measure: str
    value: Decimal
    occurred_at: datetime
    credit_date: date
    credits: tuple[Credit, ...]
    currency: str | None = None
    cohort_date: date | None = None
    dimensions: Mapping[str, str] = {}
    credit_date_stated: bool = False
    """The source itself said the business date."""

    @property
    def is_split(self) -> bool:
        return len(self.credits) > 1

    def unsettled(self) -> Credit | None:
        """Give the first credit of somebody who is not known."""
        for credit in self.credits:
            if not isinstance(credit.resolved, Subject):
                return credit
        return None

    def parts(self) -> dict[Subject, Decimal]:
        """Sum the parts of each subject; two references may turn out to name one person."""
        if len(self.credits) == 1:
            (only,) = self.credits
            return {only.resolved: only.value} if isinstance(only.resolved, Subject) else {}
        parts: dict[Subject, Decimal] = {}
        for credit in self.credits:
            if credit.subject is not None:
                parts[credit.subject] = parts.get(credit.subject, Decimal(0)) + credit.value
        return parts

    def matches(self, statement: "Statement") -> bool:
        """Tell whether a statement means the same, in whatever spelling (`10.0` and `10.00`, other offsets)."""
        return (
            (self.measure, self.value, self.currency) == (statement.measure, statement.value, statement.currency)
            and self.occurred_at == statement.occurred_at
            and (self.credit_date if self.credit_date_stated else None) == statement.credit_date
            and self.cohort_date == statement.cohort_date
            and self.dimensions == statement.dimensions
            and [(credit.reference, credit.fraction) for credit in self.credits]
            == [tuple(share) for share in statement.shares]
        )

    def looked_up(self, directory: Directory) -> "Facts":
        """Look every reference up anew; gives the same facts where nothing changed."""
        credits_ = tuple(
            credit._replace(resolved=directory.resolve(credit.reference, on=self.credit_date))
            for credit in self.credits
        )
        return self if credits_ == self.credits else self._replace(credits=credits_)

    def sole_employee(self) -> UUID | None:
        """Name whom it credits, where that is one employee and nobody else who is known."""
        subjects = list(self.parts())
        return subjects[0].id if len(subjects) == 1 and subjects[0].kind == "employee" else None


class Statement(NamedTuple):
    """A quantity of one measure, when it came about, and to whose credit."""

    measure: str
    value: Decimal
    occurred_at: datetime
    shares: tuple[Share, ...]
    credit_date: date | None = None
    """The business date of `occurred_at` in the tenant's zone unless stated."""
    currency: str | None = None
    cohort_date: date | None = None
    dimensions: Mapping[str, str] = {}

    def facts(self, directory: Directory, *, zone: str) -> Facts:
        """Settle the date, look everybody up and split the value exactly."""
        day = self.credit_date or business_date(self.occurred_at, zone)
        return Facts(
            self.measure,
            self.value,
            self.occurred_at,
            day,
            self._credits(directory, day),
            self.currency,
            self.cohort_date,
            self.dimensions,
            self.credit_date is not None,
        )

    def _credits(self, directory: Directory, day: date) -> tuple[Credit, ...]:
        if len(self.shares) == 1:
            ((reference, fraction),) = self.shares
            return (Credit(reference, directory.resolve(reference, on=day), self.value, fraction),)
        parts = largest_remainder(self.value, [share.fraction for share in self.shares], digits=MAX_PLACES)
        return tuple(
            [
                Credit(share.reference, directory.resolve(share.reference, on=day), part, share.fraction)
                for share, part in zip(self.shares, parts, strict=True)
            ]
        )
