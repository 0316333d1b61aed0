"""The reading side: short transactions inside the caller's tenant, rows as mappings, keyset pages."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Executable, Select, tuple_

from shared.core.errors import Invalid, NotFound
from shared.core.paging import Page, PageRequest, Row
from shared.kit.db import Transaction
from shared.kit.tenancy import Tenant, enter_tenant
from shared.kit.unit_of_work import Works


class Queries:
    """Base of every service's queries: bound to one tenant for the length of one request."""

    def __init__(self, works: Works[Any], tenant_id: UUID) -> None:
        self._works = works
        self.tenant_id = tenant_id

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[Transaction, Tenant]]:
        """Open a transaction that is never committed."""
        async with self._works.database.transaction() as tx:
            yield tx, await enter_tenant(tx, self.tenant_id)

    async def today(self) -> date:
        """Tell the tenant's business day."""
        async with self.reading() as (_, tenant):
            return tenant.today(self._works.clock)

    async def rows(self, statement: Executable) -> Sequence[Row]:
        async with self.reading() as (tx, _):
            return [dict(row) for row in (await tx.execute(statement)).mappings()]

    async def one(self, statement: Executable, *, noun: str) -> Row:
        """Fetch the single row of a statement. Raises NotFound."""
        found = await self.rows(statement)
        if not found:
            raise NotFound.of(noun)
        return found[0]

    async def page(
        self,
        statement: Select[Any],
        page: PageRequest,
        *,
        by: Sequence[Column[Any]],
        updated: Column[datetime] | None = None,
        deleted: Column[bool] | None = None,
        newest_first: bool = False,
    ) -> Page:
        """Fetch one page in the order of the columns `by`, which must be selected and unique together."""
        if deleted is not None and not page.include_deleted:
            statement = statement.where(deleted.is_(False))
        async with self.reading() as (tx, _):
            return await fetch_page(tx, statement, page, by=by, updated=updated, newest_first=newest_first)


async def fetch_page(
    tx: Transaction,
    statement: Select[Any],
    page: PageRequest,
    *,
    by: Sequence[Column[Any]],
    updated: Column[datetime] | None = None,
    newest_first: bool = False,
) -> Page:
    """Fetch one keyset page, from the end of the order where the newest come first.

    Raises Invalid (`cursor_invalid`) for a cursor of another list.
    """
    if page.updated_after is not None and updated is not None:
        statement = statement.where(updated > page.updated_after)
    if page.after is not None:
        last = tuple_(*_typed(page.after, by))
        statement = statement.where(tuple_(*by) < last if newest_first else tuple_(*by) > last)
    order = [column.desc() for column in by] if newest_first else by
    found = (await tx.execute(statement.order_by(*order).limit(page.limit + 1))).mappings()
    rows = [dict(row) for row in found]
    shown = rows[: page.limit]
    if len(rows) <= page.limit or not shown:
        return Page(shown, None)
    return Page(shown, tuple(_text(shown[-1][column.key]) for column in by))


def _typed(after: Sequence[str], by: Sequence[Column[Any]]) -> list[Any]:
    refusal = Invalid.at("#/query/cursor", "cursor_invalid", "This cursor was not issued by this list.")
    if len(after) != len(by):
        raise refusal
    try:
        return [_parse(column, value) for column, value in zip(by, after, strict=True)]
    except ValueError:
        raise refusal from None


def _parse(column: Column[Any], value: str) -> object:
    kind = column.type.python_type
    if issubclass(kind, date):  # datetime included
        return kind.fromisoformat(value)
    return kind(value)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
