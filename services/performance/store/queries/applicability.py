"""Items that do not apply to somebody, as routes read them."""

from uuid import UUID

from sqlalchemy import select

from services.performance.store.queries.scores import ScoreQueries
from services.performance.store.tables.applicability import applicabilities
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest


class ApplicabilityQueries(ScoreQueries):
    async def applicability(self, scorecard_id: UUID, page: PageRequest, reach: Reach) -> Page:
        """List what was asked and decided of a scorecard's items. Raises NotFound."""
        await self.scorecard(scorecard_id, reach, {})
        table = applicabilities
        statement = select(table).where(table.c.scorecard_id == scorecard_id)
        return await self.page(statement, page, by=[table.c.item], updated=table.c.updated_at)
