"""What the use cases of the scores need: what they are computed from, scorecards, runs, revisions, simulations."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.observation import Touch
from services.performance.domain.reports.review import PastPeriod
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.applicability import Applicability
from services.performance.domain.scoring.proration import Asked
from services.performance.domain.scoring.revision import Revision
from services.performance.domain.scoring.score_run import ScoreRun
from services.performance.domain.scoring.scorecard import Result, Scorecard, ScoreStatus
from services.performance.domain.simulation.simulation import Simulation
from shared.contracts import work
from shared.core.access import Expand, Reach
from shared.core.paging import Page, PageRequest, Row


class Applicabilities(work.Repository[Applicability], Protocol):
    async def inapplicable(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Collection[str]]:
        """Name the items that do not apply, by scorecard."""
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

    async def rulebook(self, cycle_id: UUID, *, employee_ids: Collection[UUID] | None = None) -> Rulebook:
        """Give the rules of a cycle; for some people, of plans only those they are under."""
        ...

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
        """Load and lock scorecards of one status, or some people's, or a portion, in the order of employees' ids."""
        ...

    async def lock_published(self, cycle_id: UUID, employee_ids: Collection[UUID]) -> list[Scorecard]:
        """Load and lock the scorecards of some people that are published or revised, in the same order."""
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

    async def turned_down(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Collection[Result]]:
        """Give by scorecard what was rejected of the result that it shows now."""
        ...


class Simulations(work.Repository[Simulation], Protocol):
    async def people(
        self, simulation_ids: Collection[UUID], reach: Reach, *, today: date
    ) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
        """Give by simulation the people in it whose scorecards lie within reach, biggest change first."""
        ...


class Repositories(Protocol):
    """The scores' part of the unit of work."""

    @property
    def applicabilities(self) -> Applicabilities: ...
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
