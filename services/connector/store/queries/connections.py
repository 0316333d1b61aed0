"""Connections, their identity links, and what has arrived over each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, false, func, select

from services.connector.store.tables import connections, identity_links, observations, tallies, watermarks
from shared.core.paging import Page, PageRequest, Row
from shared.core.periods import Period
from shared.kit import queries


class ConnectionQueries(queries.Queries):
    async def connections(self, page: PageRequest) -> Page:
        return await self.page(select(connections), page, by=[connections.c.id], updated=connections.c.updated_at)

    async def connection(self, connection_id: UUID) -> Row:
        return await self.one(select(connections).where(connections.c.id == connection_id), noun="connection")

    async def identity_links(self, connection_id: UUID, page: PageRequest, *, value: str | None) -> Page:
        await self.connection(connection_id)
        statement = select(identity_links).where(identity_links.c.connection_id == connection_id)
        if value is not None:
            statement = statement.where(identity_links.c.value == value)
        return await self.page(statement, page, by=[identity_links.c.id])

    async def totals(self, connection_id: UUID, period: Period) -> Sequence[Row]:
        """Sum up each measure's days: observations by status, tallies, and the watermark."""
        await self.connection(connection_id)
        statuses = _by_status(connection_id, period)
        tallied = _tallied(connection_id, period)
        declared = and_(watermarks.c.connection_id == connection_id, watermarks.c.measure == statuses.c.measure)
        return await self.rows(
            select(
                statuses,
                *(func.coalesce(tallied.c[name], 0).label(name) for name in ("duplicates", "corrections", "ignored")),
                watermarks.c.complete_through,
                func.coalesce(watermarks.c.ended, false()).label("ended"),
            )
            .outerjoin(tallied, tallied.c.measure == statuses.c.measure)
            .outerjoin(watermarks, declared)
            .order_by(statuses.c.measure)
        )


def _by_status(connection_id: UUID, period: Period) -> Any:  # noqa: ANN401 -- a subquery
    totals = [
        column
        for status in ("counted", "quarantined", "dismissed", "retracted")
        for column in (
            func.count().filter(observations.c.status == status).label(f"{status}_count"),
            func.coalesce(func.sum(observations.c.value).filter(observations.c.status == status), 0).label(
                f"{status}_sum"
            ),
        )
    ]
    return (
        select(observations.c.measure, *totals)
        .where(
            observations.c.connection_id == connection_id,
            observations.c.credit_date >= period.starts_on,
            observations.c.credit_date < period.ends_on,
        )
        .group_by(observations.c.measure)
        .subquery()
    )


def _tallied(connection_id: UUID, period: Period) -> Any:  # noqa: ANN401 -- a subquery
    sums = [func.sum(tallies.c[name]).label(name) for name in ("duplicates", "corrections", "ignored")]
    return (
        select(tallies.c.measure, *sums)
        .where(
            tallies.c.connection_id == connection_id,
            tallies.c.credit_date >= period.starts_on,
            tallies.c.credit_date < period.ends_on,
        )
        .group_by(tallies.c.measure)
        .subquery()
    )
