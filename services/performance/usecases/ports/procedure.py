"""What the use cases of the procedure need: metrics, schemes, cycles, targets, plans, the organisation."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from services.performance.domain.catalogue import DefinedMetric, DefinedScheme, SchemeVersion
from services.performance.domain.metric import Metric
from services.performance.domain.organisation import DepartmentTree, Employment
from shared.contracts import work
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged
from shared.core.paging import Page, PageRequest, Row
from shared.core.periods import Period, WorkCalendar


class Organisation(Protocol):
    """The copy of the archive's organisation."""

    async def tree(self) -> DepartmentTree: ...

    async def employments(
        self, period: Period, *, employee_ids: Collection[UUID] | None = None
    ) -> Sequence[Employment]:
        """Give the employments that touch `period`, by employee and start."""
        ...

    async def calendar(self) -> WorkCalendar: ...

    async def keep_employee(self, event: EmployeeChanged) -> bool: ...

    async def keep_department(self, event: DepartmentChanged) -> bool: ...

    async def keep_calendar(self, event: CalendarChanged) -> bool: ...


class Metrics(work.Repository[DefinedMetric], Protocol):
    async def by_key(self) -> Mapping[str, Metric]:
        """Give all metrics, not locked."""
        ...

    async def in_use(self, key: str) -> bool:
        """Tell whether a published scheme version names the metric."""
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

    async def all_current(self) -> Sequence[SchemeVersion]:
        """Give the current version of every scheme that has one."""
        ...


class Repositories(Protocol):
    """The procedure's part of the unit of work."""

    @property
    def org(self) -> Organisation: ...

    @property
    def metrics(self) -> Metrics: ...

    @property
    def schemes(self) -> work.Repository[DefinedScheme]: ...

    @property
    def scheme_versions(self) -> SchemeVersions: ...


class Queries(Protocol):
    """What the procedure's routes read without a use case."""

    async def metrics(self, page: PageRequest) -> Page: ...

    async def metric(self, metric_id: UUID) -> Row: ...

    async def schemes(self, page: PageRequest) -> Page: ...

    async def scheme(self, scheme_id: UUID) -> Row: ...

    async def scheme_versions(self, scheme_id: UUID, page: PageRequest) -> Page: ...

    async def scheme_version(self, scheme_id: UUID, number: int) -> Row: ...
