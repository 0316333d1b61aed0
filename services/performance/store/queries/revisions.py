"""Revisions of published results, as routes read them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.performance.store.queries.expansions import expanded
from services.performance.store.queries.within import within
from services.performance.store.tables.base import org
from services.performance.store.tables.revisions import revisions
from shared.core.access import Expand, Reach
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries


class RevisionQueries(queries.Queries):
    async def revisions(
        self, page: PageRequest, reach: Reach, expand: Expand, *, state: str | None, **equals: UUID | None
    ) -> Page:
        statement = await self._revisions(reach, expand, **equals)
        if state is not None:
            statement = statement.where(revisions.c.state == state)
        return await self.page(statement, page, by=[revisions.c.id], updated=revisions.c.updated_at)

    async def revision(self, revision_id: UUID, reach: Reach, expand: Expand) -> Row:
        return await self.one(await self._revisions(reach, expand, id=revision_id), noun="revision")

    async def _revisions(self, reach: Reach, expand: Expand, **equals: UUID | None) -> Select[Any]:
        today = await self.today()
        given = [revisions.c[name] == value for name, value in equals.items() if value is not None]
        people = org.employees
        return (
            select(revisions, people.c.name.label("employee_name"))
            .outerjoin(people, people.c.id == revisions.c.employee_id)
            .add_columns(*expanded(revisions, expand, today=today))
            .where(within(revisions, reach, today=today), *given)
        )
