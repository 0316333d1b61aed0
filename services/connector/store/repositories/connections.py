"""Connections, and what is kept for each: tallies of what left no row, and the days declared complete."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, Interval, and_, bindparam, case, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.connector.domain.completeness import Watermark
from services.connector.domain.connection import Connection
from services.connector.domain.tally import Tally
from services.connector.store.tables import connections, watermarks
from shared.core.errors import NotFound, Violation
from shared.core.periods import FOREVER
from shared.kit.db import Transaction
from shared.kit.repository import Repository

_NEWS = timedelta(minutes=1)
"""Arrivals closer together than this are not noted one by one."""
_ADD_TALLIES = """
INSERT INTO tallies AS known (tenant_id, connection_id, measure, credit_date, duplicates, corrections, ignored)
SELECT $1, $2, * FROM unnest($3::text[], $4::date[], $5::bigint[], $6::bigint[], $7::bigint[])
ON CONFLICT (tenant_id, connection_id, measure, credit_date) DO UPDATE SET
    duplicates = known.duplicates + excluded.duplicates,
    corrections = known.corrections + excluded.corrections,
    ignored = known.ignored + excluded.ignored
"""


_NAMED = select(connections).where(
    connections.c.tenant_id == bindparam("tenant_id"), connections.c.key == bindparam("key")
)
_HEARD_FROM = (
    update(connections)
    .values(last_received_at=bindparam("at"), stale_since=None)
    .where(connections.c.tenant_id == bindparam("in_tenant"), connections.c.id == bindparam("connection_id"))
    .where(
        or_(
            connections.c.last_received_at.is_(None),
            connections.c.last_received_at < bindparam("recently"),
            connections.c.stale_since.is_not(None),
        )
    )
)
_THROUGH = case((watermarks.c.ended, literal(FOREVER, Date)), else_=watermarks.c.complete_through)
_WATERMARKS = select(watermarks.c.measure, _THROUGH.label("through")).where(
    watermarks.c.tenant_id == bindparam("tenant_id"), watermarks.c.connection_id == bindparam("connection_id")
)
"""Built once: every request asks these, and to build a statement takes longer than to answer it."""


class ConnectionRepository(Repository[Connection]):
    table = connections
    entity = Connection
    noun = "connection"

    async def named(self, key: str) -> Connection:
        row = (await self.tx.execute(_NAMED, {"tenant_id": self.tenant_id, "key": key})).mappings().one_or_none()
        if row is None:
            detail = "There is no connection with this key."
            raise NotFound("source_unknown", detail, violations=[Violation("/source", "source_unknown", detail)])
        return self.to_entity(dict(row))

    async def keys(self) -> Mapping[UUID, str]:
        statement = select(connections.c.id, connections.c.key).where(connections.c.tenant_id == self.tenant_id)
        return {row.id: row.key for row in await self.tx.execute(statement)}

    async def silent(self, at: datetime) -> Sequence[Connection]:
        since = func.coalesce(connections.c.last_received_at, connections.c.created_at)
        patience = func.make_interval(0, 0, 0, 0, connections.c.stale_after_hours, type_=Interval)
        return await self.load(connections.c.stale_since.is_(None), since + patience < at)

    async def ensure(self, connection: Connection) -> None:
        values = {"tenant_id": self.tenant_id, **self.to_row(connection)}
        await self.tx.execute(insert(connections).values(values).on_conflict_do_nothing())

    async def heard_from(self, connection_id: UUID, *, at: datetime) -> None:
        mine = {"in_tenant": self.tenant_id, "connection_id": connection_id}
        await self.tx.execute(_HEARD_FROM, {**mine, "at": at, "recently": at - _NEWS})


class TallyRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def add(self, connection_id: UUID, counted: Sequence[Tally]) -> None:
        """Add up; the given order is the order of locking, so it must be the same for all."""
        if not counted:
            return
        columns = [
            [getattr(tally, name) for tally in counted]
            for name in ("measure", "credit_date", "duplicates", "corrections", "ignored")
        ]
        driver = await self._tx.driver()
        await driver.execute(_ADD_TALLIES, self._tenant_id, connection_id, *columns)


class WatermarkRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def of(self, connection_id: UUID) -> Mapping[str, date]:
        mine = {"tenant_id": self._tenant_id, "connection_id": connection_id}
        return {row.measure: row.through for row in await self._tx.execute(_WATERMARKS, mine)}

    async def advance(self, watermark: Watermark) -> bool:
        statement = insert(watermarks).values(
            tenant_id=self._tenant_id,
            connection_id=watermark.connection_id,
            measure=watermark.measure,
            complete_through=watermark.complete_through,
            declared_at=watermark.declared_at,
            ended=watermark.ended,
        )
        later = watermarks.c.complete_through < statement.excluded.complete_through
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "connection_id", "measure"],
            set_={name: statement.excluded[name] for name in ("complete_through", "declared_at", "ended")},
            where=and_(~watermarks.c.ended, or_(later, statement.excluded.ended)),
        )
        return (await self._tx.execute(statement)).rowcount == 1
