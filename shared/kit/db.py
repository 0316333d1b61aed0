"""PostgreSQL: one pool per service, one tenant per transaction, and commits that somebody asked for."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import asyncpg
from sqlalchemy import CursorResult, Executable, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_ENTER_TENANT = text("SELECT set_config('app.tenant', :tenant, true)")


class Transaction:
    """An open transaction; it rolls back unless `commit` was called."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def enter_tenant(self, tenant_id: UUID) -> None:
        """Let row-level security admit the rows of this tenant, until the transaction ends."""
        await self.connection.execute(_ENTER_TENANT, {"tenant": str(tenant_id)})

    async def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        return cast("CursorResult[Any]", await self.connection.execute(statement, parameters))

    async def driver(self) -> asyncpg.Connection:
        """Give the asyncpg connection itself, for bulk statements over arrays and COPY."""
        raw = await self.connection.get_raw_connection()
        return raw.driver_connection

    async def commit(self) -> None:
        await self.connection.commit()


class Database:
    """The pool of one service's runtime role, whose search path is the service's schema."""

    def __init__(self, url: str, *, schema: str, pool_size: int = 5) -> None:
        self.schema = schema
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # errors are logged, and what people are called and were told does not belong there
            connect_args={"server_settings": {"search_path": schema, "application_name": f"steelyard-{schema}"}},
        )
        event.listen(self.engine.sync_engine, "connect", _read_numbers_as_written)

    @asynccontextmanager
    async def transaction(self, tenant_id: UUID | None = None) -> AsyncIterator[Transaction]:
        """Open a transaction, inside a tenant where one is given."""
        async with self.engine.connect() as connection:
            transaction = Transaction(connection)
            if tenant_id is not None:
                await transaction.enter_tenant(tenant_id)
            yield transaction

    async def listener(self) -> asyncpg.Connection:
        """Open a connection of its own outside the pool, for LISTEN and for session-level advisory locks."""
        dsn = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return await asyncpg.connect(dsn, server_settings={"search_path": self.schema})

    async def ping(self) -> None:
        async with self.transaction() as tx:
            await tx.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def _read_numbers_as_written(connection: Any, _: object) -> None:  # noqa: ANN401 -- SQLAlchemy's adapted connection
    """Let `numeric` keep its digits: asyncpg's binary form gives 800000 as 8.0E+5."""
    codec = {"schema": "pg_catalog", "encoder": str, "decoder": Decimal, "format": "text"}
    connection.run_async(lambda driver: driver.set_type_codec("numeric", **codec))
