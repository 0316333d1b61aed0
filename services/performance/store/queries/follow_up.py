"""What follows a result, as routes read it: reports, feedback, improvement plans."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select

from services.performance.domain.reports.recommendation_table import RecommendationTable
from services.performance.store.queries.expansions import expanded
from services.performance.store.queries.within import within
from services.performance.store.repositories.reports import RecommendationRepository
from services.performance.store.tables.scoring import feedback, improvement_plans, reports, scorecards
from shared.core.access import Expand, Reach
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries


class FollowUpQueries(queries.Queries):
    async def reports(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page:
        statement = await self._of_people(reports, reach, expand, **equals)
        return await self.page(statement, page, by=[reports.c.id], updated=reports.c.updated_at)

    async def report(self, report_id: UUID, reach: Reach, expand: Expand) -> Row:
        return await self.one(await self._of_people(reports, reach, expand, id=report_id), noun="report")

    async def recommendations(self) -> RecommendationTable:
        async with self.reading() as (tx, _):
            return await RecommendationRepository(tx, self.tenant_id).current()

    async def feedback(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page:
        statement = await self._feedback(reach, expand, **equals)
        return await self.page(statement, page, by=[feedback.c.id], updated=feedback.c.created_at)

    async def improvement_plans(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page:
        statement = await self._of_people(improvement_plans, reach, expand, **equals)
        return await self.page(statement, page, by=[improvement_plans.c.id], updated=improvement_plans.c.updated_at)

    async def _feedback(self, reach: Reach, expand: Expand, **equals: UUID | None) -> Select[Any]:
        """Select what is said of scorecards within reach, which go where a person goes until they are published."""
        said = await self._of_people(feedback, reach, expand, scorecards, **equals)
        return said.join(scorecards, scorecards.c.id == feedback.c.scorecard_id)

    async def _of_people(
        self, table: Table, reach: Reach, expand: Expand, owner: Table | None = None, /, **equals: UUID | None
    ) -> Select[Any]:
        """Select rows that say whom they are about, or whose `owner` does, as far as the caller reaches."""
        given = [table.c[name] == value for name, value in equals.items() if value is not None]
        today = await self.today()
        columns = expanded(table, expand, today=today)
        return select(table, *columns).where(within(table if owner is None else owner, reach, today=today), *given)
