"""Connections, their identity links, and what has arrived over each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, false, func, select, union

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
        """Sum up each measure's days: whatever there is of observations by status, tallies, and a watermark."""
        await self.connection(connection_id)
        statuses, tallied = _by_status(connection_id, period), _tallied(connection_id, period)
        declared = select(watermarks).where(watermarks.c.connection_id == connection_id).subquery()
        parts = (statuses, tallied, declared)
        measures = union(*(select(part.c.measure) for part in parts)).subquery()
        found: FromClause = measures
        for part in parts:
            found = found.outerjoin(part, part.c.measure == measures.c.measure)
        numbers = [column for part in (statuses, tallied) for column in part.c if column.name != "measure"]
        return await self.rows(
            select(
                measures.c.measure,
                *(func.coalesce(column, 0).label(column.name) for column in numbers),
                declared.c.complete_through,
                func.coalesce(declared.c.ended, false()).label("ended"),
            )
            .select_from(found)
            .order_by(measures.c.measure)
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
