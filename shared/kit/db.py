"""PostgreSQL: one pool per service, one tenant per transaction, and commits that somebody asked for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import Context
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import CursorResult, Executable, event, text
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.core.errors import Unavailable
from shared.kit.revisions import is_behind

CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 120.0
"""More than any statement needs: without a limit, one whose answer is lost on the way would be waited for for ever."""
CLOSE_SECONDS = 2.0
"""What the other side gets to hear that a connection ends."""
SHORT_LIVED = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "60s",
}
"""Lets the server find out soon that a client is gone, with the locks it holds and the transaction it left open."""
_DRIVER = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_UNHEARD = (SQLAlchemyError, *_DRIVER, OSError, RuntimeError)
"""What keeps from being heard; the last is the event loop's own word for a transport that was closed under its user."""
_NOTIFY = "SELECT pg_notify(channel, '') FROM unnest($1::text[]) AS channel"
_IS_MIGRATED = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_REVISION = text("SELECT version_num FROM alembic_version")
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
    ) -> CursorResult[*tuple[Any, ...]]:
        return await self.connection.execute(statement, parameters)

    async def driver(self) -> asyncpg.Connection:
        """Give the asyncpg connection itself, for bulk statements over arrays and COPY."""
        raw = await self.connection.get_raw_connection()
        return raw.driver_connection

    async def commit(self) -> None:
        await self.connection.commit()


class Database:
    """The pool of one service's runtime role, whose search path is the service's schema.

    It opens connections as they are needed, `pool_size` at most; who finds none free waits for one.
    """

    def __init__(self, url: str, *, schema: str, pool_size: int = 5) -> None:
        self.schema = schema
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,  # what is opened in a rush is kept: to open one costs more than most transactions
            pool_use_lifo=True,  # the one last used knows its statements best
            hide_parameters=True,  # errors are logged, and what people are called and were told does not belong there
            connect_args={
                "server_settings": _session(schema),
                "timeout": CONNECT_SECONDS,
                "command_timeout": STATEMENT_SECONDS,
            },
        )
        self._channels: set[str] = set()
        self._heard: dict[str, Callable[[], None]] = {}
        self._announcing: asyncio.Task[None] | None = None
        self._closed = False
        event.listen(self.engine.sync_engine, "connect", _read_numbers_as_written)
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)

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
        return await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings=_session(self.schema))

    def announce(self, channel: str) -> None:
        """Notify who listens on `channel`, soon; one notification stands for all that is announced meanwhile.

        It is no part of any transaction, where it would make commits wait for each other. One that is lost, because
        this process dies, delays a listener until it looks by itself. After the end nothing is opened for it any more.
        """
        if self._closed:
            return
        if ring := self._heard.get(channel):
            ring()
            return
        self._channels.add(channel)
        if self._announcing is None or self._announcing.done():
            self._announcing = asyncio.create_task(self._announce(), context=Context())  # it is no request's own

    @contextmanager
    def hearing(self, channel: str, ring: Callable[[], None]) -> Iterator[None]:
        """Let what this process announces on a channel ring here at once, for the only one who has use for it."""
        self._heard[channel] = ring
        try:
            yield
        finally:
            del self._heard[channel]

    async def _announce(self) -> None:
        with suppress(*_UNHEARD):
            while self._channels:
                channels, self._channels = self._channels, set()
                async with self.engine.connect() as connection:
                    await (await Transaction(connection).driver()).execute(_NOTIFY, [*channels])

    async def ping(self) -> None:
        """Raise something transient where the database is away, or its schema is not there yet, or an older one."""
        async with self.transaction() as tx:
            if not (await tx.execute(_IS_MIGRATED)).scalar_one():
                raise Unavailable("not_migrated", "The database has no schema for this service yet.")
            if is_behind(self.schema, (await tx.execute(_REVISION)).scalar_one_or_none()):
                raise Unavailable("not_migrated", "The database has the schema of an older version.")

    async def answers(self) -> bool:
        """Tell whether a connection opened now, of its own, gets an answer within seconds."""
        with suppress(*_UNHEARD):
            connection = await self.listener()
            try:
                await connection.execute("SELECT 1", timeout=CONNECT_SECONDS)
            finally:
                await hang_up(connection)
            return True
        return False

    async def close(self) -> None:
        """Close what is open; an announcement that does not arrive soon is lost."""
        self._closed = True
        if self._announcing is not None:
            await asyncio.wait([self._announcing], timeout=CLOSE_SECONDS)
            self._announcing.cancel()
        await self.engine.dispose()


async def hang_up(connection: asyncpg.Connection) -> None:
    """Close for good, also towards a server that does not answer any more."""
    try:
        await connection.close(timeout=CLOSE_SECONDS)
    except _UNHEARD:
        connection.terminate()


def _session(schema: str) -> dict[str, str]:
    return {"search_path": schema, "application_name": f"steelyard-{schema}", **SHORT_LIVED}


def _refuse_closed(connection: Any, _: object, __: object) -> None:  # noqa: ANN401 -- SQLAlchemy's adapted connection
    """Let the pool replace what the server has closed meanwhile; to ask the server itself would cost three trips."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _read_numbers_as_written(connection: Any, _: object) -> None:  # noqa: ANN401 -- SQLAlchemy's adapted connection
    """Let `numeric` keep its digits: asyncpg's binary form gives 800000 as 8.0E+5."""
    codec = {"schema": "pg_catalog", "encoder": str, "decoder": Decimal, "format": "text"}
    connection.run_async(lambda driver: driver.set_type_codec("numeric", **codec))
