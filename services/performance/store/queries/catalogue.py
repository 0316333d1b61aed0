"""Metrics and schemes as routes read them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.performance.store.tables.procedure import metrics, scheme_versions, schemes
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries


class CatalogueQueries(queries.Queries):
    async def metrics(self, page: PageRequest) -> Page:
        return await self.page(select(metrics), page, by=[metrics.c.id], updated=metrics.c.updated_at)

    async def metric(self, metric_id: UUID) -> Row:
        return await self.one(select(metrics).where(metrics.c.id == metric_id), noun="metric")

    async def schemes(self, page: PageRequest) -> Page:
        return await self.page(_schemes(), page, by=[schemes.c.id], updated=schemes.c.updated_at)

    async def scheme(self, scheme_id: UUID) -> Row:
        return await self.one(_schemes().where(schemes.c.id == scheme_id), noun="scheme")

    async def scheme_versions(self, scheme_id: UUID, page: PageRequest) -> Page:
        await self.scheme(scheme_id)
        statement = select(scheme_versions).where(scheme_versions.c.scheme_id == scheme_id)
        updated = scheme_versions.c.updated_at
        return await self.page(statement, page, by=[scheme_versions.c.number], updated=updated)

    async def scheme_version(self, scheme_id: UUID, number: int) -> Row:
        table = scheme_versions
        statement = select(table).where(table.c.scheme_id == scheme_id, table.c.number == number)
        return await self.one(statement, noun="scheme version")


def _schemes() -> Select[Any]:
    """Select schemes with their newest version, and the number of the one that is published last."""
    versions, published = scheme_versions, scheme_versions.alias("published")
    newest = (
        select(versions.c.number.label("newest_version"), versions.c.on_target_score)
        .where(versions.c.scheme_id == schemes.c.id)
        .order_by(versions.c.number.desc())
        .limit(1)
        .lateral("newest")
    )
    current = (
        select(func.max(published.c.number))
        .where(published.c.scheme_id == schemes.c.id, published.c.published_at.is_not(None))
        .scalar_subquery()
        .label("current_version")
    )
    return select(schemes, newest.c.newest_version, newest.c.on_target_score, current).join(
        newest, newest.c.newest_version > 0
    )
