"""What the use cases of reports, feedback and improvement plans need."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.performance.domain.reports.improvement import Feedback, ImprovementPlan
from services.performance.domain.reports.recommendation_table import RecommendationTable
from services.performance.domain.reports.review import FiledReport
from shared.contracts import work
from shared.core.access import Expand, Reach
from shared.core.paging import Page, PageRequest, Row


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
    """The follow-up's part of the unit of work."""

    @property
    def reports(self) -> Reports: ...
    @property
    def recommendations(self) -> Recommendations: ...
    @property
    def feedback(self) -> work.Repository[Feedback]: ...
    @property
    def improvement_plans(self) -> work.Repository[ImprovementPlan]: ...


class Queries(Protocol):
    """What the routes of the follow-up read without a use case; `equals` narrows by id where one is given."""

    async def reports(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page: ...

    async def report(self, report_id: UUID, reach: Reach, expand: Expand) -> Row: ...

    async def recommendations(self) -> RecommendationTable: ...

    async def feedback(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page: ...

    async def improvement_plans(
        self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None
    ) -> Page: ...

    async def standing(self, employee_id: UUID, reach: Reach) -> Row: ...
