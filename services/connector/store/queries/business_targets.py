"""Business targets as their sources said them last."""

from sqlalchemy import or_, select

from services.connector.store.reach import about_within
from services.connector.store.tables import business_targets, connections
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest
from shared.kit import queries


class BusinessTargetQueries(queries.Queries):
    async def business_targets(
        self, page: PageRequest, reach: Reach, *, source: str | None, metric: str | None
    ) -> Page:
        """List those of the company, and of departments and people within reach."""
        within = about_within(business_targets, reach, today=await self.today())
        statement = (
            select(business_targets, connections.c.key.label("source"))
            .join(connections)
            .where(
                or_(business_targets.c.subject_kind == "company", within),
                *([connections.c.key == source] if source is not None else []),
                *([business_targets.c.metric == metric] if metric is not None else []),
            )
        )
        return await self.page(
            statement,
            page,
            by=[business_targets.c.id],
            updated=business_targets.c.updated_at,
            deleted=business_targets.c.deleted,
        )
