"""What the use cases of the scores need: observations that count, scorecards, runs, reports."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.reports.improvement import Feedback, ImprovementPlan
from services.performance.domain.reports.recommendation_table import RecommendationTable
from services.performance.domain.reports.review import FiledReport, PastPeriod
from services.performance.domain.schemes.metric import Side
from services.performance.domain.schemes.rulebook import Rulebook, Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.applicability import Applicability
from services.performance.domain.scoring.completeness import Advance
from services.performance.domain.scoring.exchange_rate import ExchangeRate, Pricing
from services.performance.domain.scoring.observation import Observed, Touch
from services.performance.domain.scoring.proration import Asked
from services.performance.domain.scoring.revision import Revision
from services.performance.domain.scoring.score_run import ScoreRun
from services.performance.domain.scoring.scorecard import Scorecard, ScoreStatus
from services.performance.domain.scoring.staleness import SourceAge, StaleSource
from services.performance.domain.simulation.simulation import Simulation
from shared.contracts import work
from shared.contracts.observations import CompletenessDeclared, ObservationItem
from shared.core.access import Expand, Reach
from shared.core.paging import Page, PageRequest, Row
from shared.core.periods import Period

Span = tuple[UUID, Period]
"""The days over which a subject is asked for."""


class Found(NamedTuple):
    """What a side finds in a span; `fault` is a code of `ItemCode` where its amounts cannot be added up."""

    rows: int
    value: Decimal
    fault: int = 0


class Observations(Protocol):
    """Every revision of what was observed; the highest of each observation and subject counts."""

    async def record(
        self, items: Sequence[ObservationItem], *, late: Sequence[bool], at: datetime, today: date
    ) -> list[Touch]:
        """Keep items that are news, one per observation and subject; gives what came to count or ceased to."""
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

    async def standing(self, observation_id: UUID) -> list[Observed]:
        """Read the revision that stands, of each subject the observation was ever about."""
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

    async def counted(
        self,
        side: Side,
        *,
        period: Period,
        subject_id: UUID,
        limit: int,
        as_of: datetime | None = None,
        pricing: Pricing | None = None,
    ) -> Sequence[Row]:
        """Give the first observations of one subject that a side takes in, by their day."""
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


class Applicabilities(work.Repository[Applicability], Protocol):
    async def inapplicable(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Collection[str]]:
        """Name the items that do not apply, by scorecard."""
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


class Inputs(Protocol):
    """What scoring reads of the procedure."""

    async def cycle(self, cycle_id: UUID) -> Cycle:
        """Raise NotFound."""
        ...

    async def cycles_holding(self, days: Collection[date], *, steady: bool = False) -> list[Cycle]:
        """Give the cycles whose period holds one of `days`; `steady` keeps their phase until the unit ends."""
        ...

    async def every_cycle(self) -> list[Cycle]:
        """Give all cycles; their phases stay until the unit ends."""
        ...

    async def running_cycles(self) -> list[Cycle]:
        """Give the cycles whose results still move."""
        ...

    async def rulebook(self, cycle_id: UUID) -> Rulebook: ...

    async def schemes(self, versions: Collection[Version]) -> Mapping[Version, Scheme]:
        """Read those scheme versions that there are, published or not, in force or not."""
        ...

    async def targets(
        self, cycle_id: UUID, subject_ids: Collection[UUID] | None = None
    ) -> Mapping[UUID, Mapping[str, Asked]]:
        """Give targets by subject and metric key, the company's (under the tenant's id) always included; or all."""
        ...

    async def past(self, employee_ids: Collection[UUID], *, before: date) -> Mapping[UUID, Sequence[PastPeriod]]:
        """Give what people reached in the three years before a day, oldest first."""
        ...


class Scorecards(Protocol):
    async def read(self, scorecard_id: UUID, *, as_of: datetime | None = None) -> Scorecard:
        """Load one without locking it, with the result it shows or showed at `as_of`. Raises NotFound."""
        ...

    async def get(self, scorecard_id: UUID) -> Scorecard:
        """Load and lock one. Raises NotFound."""
        ...

    async def lock(
        self,
        cycle_id: UUID,
        *,
        status: ScoreStatus,
        employee_ids: Collection[UUID] | None = None,
        after: UUID | None = None,
        limit: int | None = None,
    ) -> list[Scorecard]:
        """Load and lock scorecards of one status, or some people's, or a portion, in the order of their ids."""
        ...

    async def lock_published(self, cycle_id: UUID, employee_ids: Collection[UUID]) -> list[Scorecard]:
        """Load and lock the scorecards of some people that are published or revised, in the order of their ids."""
        ...

    async def count(self, cycle_id: UUID, *, status: ScoreStatus) -> int:
        """Count a cycle's scorecards of one status."""
        ...

    async def people_under(self, cycle_id: UUID, touches: Sequence[Touch]) -> Collection[UUID]:
        """Give the employees that observations are about, directly or through their department or the company."""
        ...

    async def people_without(self, cycle_id: UUID, metrics: Collection[str]) -> Collection[UUID]:
        """Give the employees whose numbers of some metric are not there, or there only because nothing came."""
        ...

    async def of_cycle(self, cycle_id: UUID, *, employee_ids: Collection[UUID] | None = None) -> list[Scorecard]:
        """Read a cycle's scorecards, or some people's, without locking them."""
        ...

    async def open(self, cards: Sequence[Scorecard]) -> None:
        """Add those of one cycle that are not there yet."""
        ...

    async def show(self, run_id: UUID, cards: Sequence[Scorecard], *, at: datetime) -> None:
        """Write what a run changed, each new result beside the former ones."""
        ...


class ScoreRuns(Protocol):
    async def save(self, run: ScoreRun) -> None:
        """Keep a run, or how far it is by now."""
        ...

    async def get(self, run_id: UUID) -> ScoreRun:
        """Load and lock one. Raises NotFound."""
        ...

    async def due(self) -> ScoreRun | None:
        """Load and lock a run that is neither finished nor given up, does not wait, and that nobody works on."""
        ...

    async def put_off(self, run: ScoreRun, *, wait: timedelta | None) -> None:
        """Keep what became of an attempt; until `wait` is over the run is not due."""
        ...


class Revisions(work.Repository[Revision], Protocol):
    async def read(self, entity_id: UUID) -> Revision:
        """Load one without locking it. Raises NotFound."""
        ...

    async def proposed(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Revision]:
        """Give the proposal of each scorecard that has one; locked scorecards keep it steady."""
        ...

    async def turned_down(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Collection[str]]:
        """Give by scorecard the input hashes of what was rejected of the result that it shows now."""
        ...


class Simulations(work.Repository[Simulation], Protocol):
    async def people(
        self, simulation_ids: Collection[UUID], reach: Reach, *, today: date
    ) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
        """Give by simulation the people in it whose scorecards lie within reach, biggest change first."""
        ...


class Reports(Protocol):
    async def file(self, reports: Sequence[FiledReport]) -> None:
        """Write reports; of two on one scorecard the higher sequence stays."""
        ...


class Recommendations(Protocol):
    async def current(self) -> RecommendationTable: ...

    async def save(self, table: RecommendationTable) -> bool:
        """Write the next version of the table; gives False where somebody else has written it meanwhile."""
        ...


class Repositories(Protocol):
    """The scores' part of the unit of work."""

    @property
    def observations(self) -> Observations: ...
    @property
    def aggregates(self) -> Aggregates: ...
    @property
    def exchange_rates(self) -> ExchangeRates: ...
    @property
    def applicabilities(self) -> Applicabilities: ...
    @property
    def freshness(self) -> SourceFreshness: ...
    @property
    def inputs(self) -> Inputs: ...
    @property
    def scorecards(self) -> Scorecards: ...
    @property
    def score_runs(self) -> ScoreRuns: ...
    @property
    def revisions(self) -> Revisions: ...
    @property
    def operations(self) -> work.Operations: ...
    @property
    def simulations(self) -> Simulations: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def recommendations(self) -> Recommendations: ...
    @property
    def feedback(self) -> work.Repository[Feedback]: ...
    @property
    def improvement_plans(self) -> work.Repository[ImprovementPlan]: ...


class Queries(Protocol):
    """What the scores' routes read without a use case; `equals` narrows by id where one is given."""

    async def scorecards(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page: ...

    async def scorecard(
        self, scorecard_id: UUID, reach: Reach, expand: Expand, *, as_of: datetime | None = None
    ) -> Row: ...

    async def results(self, scorecard_id: UUID, page: PageRequest, reach: Reach) -> Page: ...

    async def score_runs(self, page: PageRequest, reach: Reach, *, cycle_id: UUID | None) -> Page: ...

    async def revisions(
        self, page: PageRequest, reach: Reach, expand: Expand, *, state: str | None, **equals: UUID | None
    ) -> Page: ...

    async def revision(self, revision_id: UUID, reach: Reach, expand: Expand) -> Row: ...

    async def simulations(self, cycle_id: UUID, page: PageRequest) -> Page: ...

    async def simulation(self, cycle_id: UUID, simulation_id: UUID) -> Row: ...

    async def applicability(self, scorecard_id: UUID, page: PageRequest, reach: Reach) -> Page: ...

    async def stale_metrics(self) -> Mapping[UUID, Mapping[str, date]]: ...

    async def exchange_rates(self, page: PageRequest, *, base: str | None, quote: str | None) -> Page: ...

    async def reports(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page: ...

    async def report(self, report_id: UUID, reach: Reach, expand: Expand) -> Row: ...

    async def recommendations(self) -> RecommendationTable: ...

    async def feedback(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page: ...

    async def improvement_plans(
        self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None
    ) -> Page: ...

    async def standing(self, employee_id: UUID, reach: Reach) -> Row: ...
