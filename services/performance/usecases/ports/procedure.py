"""What the use cases of the procedure need: metrics, schemes, cycles, targets, plans, the organisation."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from services.performance.domain.catalogue import DefinedMetric, DefinedScheme, SchemeVersion
from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.business_target import BusinessTarget
from services.performance.domain.goals.history import PastResult
from services.performance.domain.goals.plan import Plan, PlanState
from services.performance.domain.goals.target import Target, TargetKey
from services.performance.domain.goals.target_history import TargetMove
from services.performance.domain.leave import Leave
from services.performance.domain.organisation import DepartmentTree, Employment
from services.performance.domain.schemes.assignment import Assignment
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.simulation.reorganisation import Merger, Move, OtherParent, Reorganisation
from shared.contracts import work
from shared.contracts.observations import BusinessTargetChanged
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged
from shared.contracts.records import RecordChanged
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row
from shared.core.periods import Period, WorkCalendar


class Organisation(Protocol):
    """The copy of the archive's organisation."""

    async def tree(self) -> DepartmentTree: ...

    async def tree_of(self, cycle: Cycle) -> DepartmentTree:
        """Give the tree by which a cycle's people are grouped: that of its freeze, without heads; before, today's."""
        ...

    async def keep_tree(self, cycle_id: UUID) -> None:
        """Keep today's departments as those of a cycle that is being frozen; what is kept already stays."""
        ...

    async def lines(self, department_ids: Collection[UUID]) -> DepartmentTree:
        """Give of the tree some departments and those above them, without heads."""
        ...

    async def suppose_parents(self, others: Collection[OtherParent]) -> None:
        """Let departments that there are lie elsewhere, in a unit that never commits: only the archive moves them."""
        ...

    async def hold_places(self, supposed: Reorganisation) -> None:
        """Lock where everybody works who is moved or merged, in one order, so that two such units wait in no circle."""
        ...

    async def suppose_move(self, move: Move, *, new_id: Callable[[], UUID]) -> None:
        """Let somebody work elsewhere, in such a unit.

        Days and hours stay as they are. Raises NotFound where nobody of that id works here on that day or later.
        """
        ...

    async def suppose_merger(self, merger: Merger, *, new_id: Callable[[], UUID]) -> Collection[UUID]:
        """Let who is employed in a department itself work in another, in such a unit; gives whom that concerns."""
        ...

    async def employments(
        self, period: Period, *, employee_ids: Collection[UUID] | None = None
    ) -> Sequence[Employment]:
        """Give the employments that touch `period`, by employee and start."""
        ...

    async def leaves(self, employee_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Leave]]:
        """Give by employee all days away, past and planned; who has none is left out."""
        ...

    async def calendar(self) -> WorkCalendar: ...

    async def keep_employee(self, event: EmployeeChanged) -> bool: ...

    async def keep_department(self, event: DepartmentChanged) -> bool: ...

    async def keep_calendar(self, event: CalendarChanged) -> bool: ...


class Metrics(work.Repository[DefinedMetric], Protocol):
    async def by_key(self, *, steady: bool = False) -> Mapping[str, Metric]:
        """Give all metrics, which others may read but not redefine meanwhile where they are held `steady`."""
        ...

    async def key_of(self, metric_id: UUID) -> str:
        """Give the key of one, not locked. Raises NotFound."""
        ...

    async def in_use(self, key: str) -> bool:
        """Tell whether a published scheme version names the metric."""
        ...


class Schemes(work.Repository[DefinedScheme], Protocol):
    async def by_id(self, *, alone: bool = False) -> Mapping[UUID, DefinedScheme]:
        """Give all schemes, not locked; `alone` keeps others from adding one until the unit ends."""
        ...


class SchemeVersions(work.Repository[SchemeVersion], Protocol):
    async def of(self, scheme_id: UUID, number: int) -> SchemeVersion:
        """Load and lock one version. Raises NotFound."""
        ...

    async def newest(self, scheme_id: UUID) -> int:
        """Give the highest number a scheme's versions have."""
        ...

    async def current(self, scheme_id: UUID) -> SchemeVersion | None:
        """Give the published version of a scheme with the highest number."""
        ...

    async def published(self) -> Mapping[UUID, Sequence[SchemeVersion]]:
        """Read the published versions of every scheme that has any, in their order, without locking them."""
        ...

    async def current_with(self, metric: str, page: PageRequest) -> Page:
        """Give by scheme the published versions with the highest number in which a metric counts, not locked.

        Rows have `scheme_id`, `name` of the scheme, `number` and `document`.
        """
        ...


class Cycles(work.Repository[Cycle], Protocol):
    async def overlapping(self, period: Period) -> Sequence[Cycle]:
        """Give the cycles that share days with `period`; until the unit ends nobody else adds one."""
        ...

    async def moving(self) -> Sequence[Cycle]:
        """Load and lock the cycles whose goals and results still move."""
        ...

    async def assignments(self, cycle_id: UUID) -> Sequence[Assignment]:
        """Give the scheme versions that hold in a cycle, and for whom."""
        ...

    async def assign(self, cycle_id: UUID, assignments: Sequence[Assignment]) -> None:
        """Replace the scheme versions that hold in a cycle."""
        ...


class Targets(work.Repository[Target], Protocol):
    async def cycle_of(self, target_id: UUID) -> UUID:
        """Name the cycle, which is always locked before what lies in it. Raises NotFound."""
        ...

    async def about(self, cycle_id: UUID, subject_ids: Collection[UUID]) -> Sequence[Target]:
        """Give the targets of departments and people, by metric, not locked."""
        ...

    async def within(self, reaches: Sequence[Reach], target_ids: Collection[UUID], *, today: date) -> Collection[UUID]:
        """Give those of some targets that lie within every one of several reaches; the company's always do."""
        ...

    async def keep(self, cycle_id: UUID, changed: Sequence[Target]) -> None:
        """Write targets of one cycle, new ones included."""
        ...

    async def remember(self, moves: Sequence[TargetMove]) -> None:
        """Keep the values that targets came to have."""
        ...


class Plans(work.Repository[Plan], Protocol):
    async def cycle_of(self, plan_id: UUID) -> UUID:
        """Name the cycle, which is always locked before what lies in it. Raises NotFound."""
        ...

    async def read(self, plan_id: UUID) -> Plan:
        """Load one without locking it. Raises NotFound."""
        ...

    async def add_all(self, drafts: Sequence[Plan]) -> None: ...

    async def planned_departments(self, cycle_id: UUID) -> Collection[UUID]: ...

    async def in_hand(self, states: Collection[PlanState], reach: Reach, *, today: date) -> Sequence[Plan]:
        """Give plans within reach of cycles that can be planned, what is due first at the top, not locked."""
        ...

    async def overdue(self, today: date) -> Sequence[Plan]:
        """Load and lock the plans whose day has passed and that nobody submitted."""
        ...

    async def remind(self, today: date, *, lead: timedelta) -> Sequence[Plan]:
        """Take the plans that are owed and due within `lead`, each at most once a day."""
        ...


class Background(Protocol):
    """What other services say about goals."""

    async def keep_business_target(self, event: BusinessTargetChanged) -> Sequence[Period]:
        """Give the days that it is about, now or until now; none where it is known already."""
        ...

    async def business_targets(self, period: Period) -> Mapping[TargetKey, Sequence[BusinessTarget]]:
        """Give the business targets that touch `period`, by what they are about."""
        ...

    async def keep_past_performance(self, event: RecordChanged) -> Sequence[Period]:
        """Do the same for a record; one that says nothing of the past any more is forgotten."""
        ...

    async def past_results(self, period: Period) -> Mapping[tuple[UUID, str], Sequence[PastResult]]:
        """Give what people reached in `period`, by employee and metric key."""
        ...


class Repositories(Protocol):
    """The procedure's part of the unit of work."""

    @property
    def org(self) -> Organisation: ...

    @property
    def metrics(self) -> Metrics: ...

    @property
    def schemes(self) -> Schemes: ...

    @property
    def scheme_versions(self) -> SchemeVersions: ...

    @property
    def cycles(self) -> Cycles: ...

    @property
    def targets(self) -> Targets: ...

    @property
    def plans(self) -> Plans: ...

    @property
    def background(self) -> Background: ...


class Queries(Protocol):
    """What the procedure's routes read without a use case."""

    async def metrics(self, page: PageRequest) -> Page: ...

    async def metric(self, metric_id: UUID) -> Row: ...

    async def schemes(self, page: PageRequest) -> Page: ...

    async def scheme(self, scheme_id: UUID) -> Row: ...

    async def scheme_versions(self, scheme_id: UUID, page: PageRequest) -> Page: ...

    async def scheme_version(self, scheme_id: UUID, number: int) -> Row: ...

    async def cycles(self, page: PageRequest) -> Page: ...

    async def cycle(self, cycle_id: UUID) -> Row: ...

    async def progress(self, cycle_id: UUID, reach: Reach) -> Row:
        """Give the cycle with its plans' departments and counts of scorecards, as far as the caller reaches."""
        ...

    async def cycle_overviews(self, reach: Reach, *, graded: bool, away: Reach) -> Sequence[Row]:
        """Give the progress of every cycle in hand, with people by grade where these are to be shown.

        Within `away` the caller may know why people are away, and by what leave.
        """
        ...

    async def tasks(
        self,
        me: UUID | None,
        *,
        to_submit: Collection[UUID],
        to_decide: Collection[UUID],
        to_accept: Reach,
        to_revise: Reach,
        to_approve: Reach,
        account: str,
        metrics_too: bool,
    ) -> Sequence[Row]:
        """Give what waits for somebody: these plans, improvement plans to do or accept, revisions to decide.

        Also what items others asked not to apply to somebody within reach, and with `sources` the metrics with a stale
        source.
        """
        ...

    async def targets(self, cycle_id: UUID, page: PageRequest, reach: Reach, **equals: str | UUID | None) -> Page: ...

    async def target_history(self, target_id: UUID, page: PageRequest, reach: Reach) -> Page:
        """Give the values that a target had, oldest first. Raises NotFound."""
        ...

    async def plans(self, cycle_id: UUID, page: PageRequest, reach: Reach) -> Page: ...
