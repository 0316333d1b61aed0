"""What the use cases of what arrives need: observations, what they add up to, rates, how fresh sources are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, Protocol
from uuid import UUID

from services.performance.domain.observations.completeness import Advance
from services.performance.domain.observations.exchange_rate import ExchangeRate, Pricing
from services.performance.domain.observations.observation import Observed, Touch
from services.performance.domain.observations.picking import Picks
from services.performance.domain.observations.staleness import SourceAge, StaleSource
from services.performance.domain.schemes.metric import Side
from shared.contracts.observations import CompletenessDeclared, ObservationItem
from shared.core.paging import Page, PageRequest
from shared.core.periods import Period

Span = tuple[UUID, Period]
"""The days over which a subject is asked for."""


class Found(NamedTuple):
    """What a side finds in a span; `fault` is a code of `ItemCode` where its amounts cannot be added up."""

    rows: int
    value: Decimal
    fault: int = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """What a side takes in of one subject over some days: now, or as it was known `as_of` a time."""

    side: Side
    subject_id: UUID
    period: Period
    as_of: datetime | None = None
    pricing: Pricing | None = None


class Observations(Protocol):
    """Every revision of what was observed; the highest of each observation and subject counts."""

    async def record(
        self, items: Sequence[ObservationItem], *, late: Sequence[bool], at: datetime, today: date
    ) -> list[Touch]:
        """Keep items that are news, one per observation and subject; gives what came to count or ceased to."""
        ...

    async def days_known(self, items: Sequence[ObservationItem]) -> set[date]:
        """Give the days to which what is known of these observations and subjects is credited."""
        ...

    async def declare_complete(self, declared: Sequence[CompletenessDeclared], *, at: datetime) -> list[Advance]:
        """Move watermarks forward; gives those that moved."""
        ...

    async def advanced_since(self, since: datetime | None) -> list[Advance]:
        """Give the watermarks that moved after a time, from where they were then."""
        ...

    async def late(self, period: Period, *, since: datetime | None) -> list[Touch]:
        """Give where observations of a period changed that arrived late and after `since`."""
        ...

    async def revisions(self, observation_id: UUID) -> Sequence[Sequence[Observed]]:
        """Read every revision, in order, of each subject the observation was ever about."""
        ...


class Aggregates(Protocol):
    """What observations add up to."""

    async def of_side(
        self, side: Side, spans: Sequence[Span], *, as_of: datetime | None = None, pricing: Pricing | None = None
    ) -> list[Found]:
        """Give rows and value of each span, in their order; what counts now, or counted at `as_of`.

        With `pricing` currencies are looked at; without it values are added up as they are.
        """
        ...

    async def taken_in(self, intake: Intake, page: PageRequest) -> Page:
        """Give a page of the observations, by their day; each with its `group`."""
        ...

    async def picked(self, intake: Intake, groups: Collection[str]) -> Picks:
        """Give of each group the observation that a selective side picks; none while amounts cannot be converted.

        The last is that of the latest instant, of several the one with the highest id; of equal values the one of the
        earliest instant counts, of several the one with the lowest id.
        """
        ...

    async def complete_through(
        self, measures: Collection[str], *, as_of: datetime | None = None, known_by: datetime | None = None
    ) -> Mapping[str, date]:
        """Give the day through which every source of a measure is complete, where all have declared one.

        By what is declared, or was at `as_of`; sources first heard of after `known_by` do not matter.
        """
        ...


class ExchangeRates(Protocol):
    """Rates with every revision; whoever writes them does so alone."""

    async def record(self, rates: Sequence[ExchangeRate], *, source: str, at: datetime) -> Mapping[ExchangeRate, int]:
        """Keep rates that are news; gives these with their revisions, 0 being the first."""
        ...

    async def recorded_since(self, since: datetime | None) -> Sequence[ExchangeRate]:
        """Give the rates that were set, changed or withdrawn after a time."""
        ...

    async def currencies(self, measures: Collection[str]) -> Mapping[str, Collection[str]]:
        """Tell in which currencies measures have ever come; an empty text stands for none."""
        ...

    async def touched(
        self, cycle: Period, days: Period, *, bases: Collection[str], by_day: Collection[str], fixed: Collection[str]
    ) -> Sequence[Touch]:
        """Find about whom amounts in `bases` are, of a cycle.

        Of measures `by_day` only those of `days`, of those that are `fixed` all.
        """
        ...


class SourceFreshness(Protocol):
    async def ages(self, measures: Collection[str]) -> Sequence[SourceAge]:
        """Give how far sources of measures have told."""
        ...

    async def stale(self, cycle_id: UUID) -> frozenset[StaleSource]:
        """Give the sources that are known to be stale in a cycle."""
        ...

    async def waiting(self) -> Sequence[UUID]:
        """Name the published cycles in which sources were stale and have not caught up."""
        ...

    async def keep(self, cycle_id: UUID, stale: Collection[StaleSource]) -> None:
        """Let these, and no others, be stale in a cycle."""
        ...


class Repositories(Protocol):
    """What arrives, as a part of the unit of work."""

    @property
    def observations(self) -> Observations: ...
    @property
    def aggregates(self) -> Aggregates: ...
    @property
    def exchange_rates(self) -> ExchangeRates: ...
    @property
    def freshness(self) -> SourceFreshness: ...


class Queries(Protocol):
    """What the routes of rates and sources read without a use case."""

    async def stale_metrics(self) -> Mapping[UUID, Mapping[str, date]]: ...

    async def exchange_rates(self, page: PageRequest, *, base: str | None, quote: str | None) -> Page: ...
