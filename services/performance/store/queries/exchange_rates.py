"""Exchange rates as routes read them."""

from sqlalchemy import select

from services.performance.store.tables.money import exchange_rates
from shared.core.paging import Page, PageRequest
from shared.kit import queries


class ExchangeRateQueries(queries.Queries):
    async def exchange_rates(self, page: PageRequest, *, base: str | None, quote: str | None) -> Page:
        """List the rates that stand, by pair and day."""
        columns = exchange_rates.c
        statement = select(exchange_rates, columns.recorded_at.label("updated_at")).where(
            columns.superseded_at.is_(None), columns.rate.is_not(None)
        )
        for column, wanted in ((columns.base, base), (columns.quote, quote)):
            if wanted is not None:
                statement = statement.where(column == wanted)
        by = [columns.base, columns.quote, columns.day]
        return await self.page(statement, page, by=by, updated=columns.recorded_at)
