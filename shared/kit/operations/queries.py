"""Operations as their routes read them: of the kinds that the caller may begin."""

from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Table, select

from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries


class OperationQueries(queries.Queries):
    """Part of a service's queries; they name its table."""

    operations_table: ClassVar[Table]

    async def operations(self, page: PageRequest, kinds: Collection[str]) -> Page:
        table = self.operations_table
        statement = select(table).where(table.c.kind.in_(kinds))
        return await self.page(statement, page, by=[table.c.id], updated=table.c.updated_at, newest_first=True)

    async def operation(self, operation_id: UUID, kinds: Collection[str]) -> Row:
        table = self.operations_table
        wanted = (table.c.id == operation_id, table.c.kind.in_(kinds))
        return await self.one(select(table).where(*wanted), noun="operation")
