"""Operations inside a tenant: asked for, cancelled, forgotten. Everybody locks the queue first, then the operation."""

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, text

from shared.core.errors import Conflict, NotFound
from shared.core.operation import Operation
from shared.core.paging import Row
from shared.kit.db import Transaction

_FIELDS = tuple(field.name for field in fields(Operation))
_FINISHED = frozenset({"succeeded", "failed", "cancelled"})
_QUEUE = text(
    "INSERT INTO operation_queue (tenant_id, id, kind, due_at) VALUES (:tenant_id, :id, :kind, clock_timestamp())",
)
_LOCK = text("SELECT lease_token FROM operation_queue WHERE tenant_id = :tenant_id AND id = :id FOR UPDATE")
_UNQUEUE = text("DELETE FROM operation_queue WHERE tenant_id = :tenant_id AND id = :id")
_CANCEL = text(
    "UPDATE operations SET cancel_requested = true, updated_at = :at,"
    " state = CASE WHEN :idle THEN 'cancelled' ELSE state END,"
    " finished_at = CASE WHEN :idle THEN CAST(:at AS timestamptz) ELSE finished_at END"
    " WHERE tenant_id = :tenant_id AND id = :id",
)
_FORGET = text(
    "DELETE FROM operations WHERE tenant_id = :tenant_id AND state IN ('succeeded', 'failed', 'cancelled')"
    " AND finished_at < CAST(:before AS timestamptz)",
)


class OperationRepository:
    """The operations of one service and tenant, over the transaction of a unit of work."""

    def __init__(self, tx: Transaction, tenant_id: UUID, table: Table) -> None:
        self._tx = tx
        self._tenant_id = tenant_id
        self._table = table

    async def add(self, operation: Operation) -> None:
        """Let an operation be worked on once this transaction is committed."""
        await self._tx.execute(self._table.insert().values(tenant_id=self._tenant_id, **asdict(operation)))
        await self._tx.execute(_QUEUE, {**self._key(operation.id), "kind": operation.kind})

    async def cancel(self, operation_id: UUID, *, kinds: Collection[str], at: datetime) -> Operation:
        """End what nobody works on yet, and tell whoever works on it to stop after the step in hand.

        Raises NotFound, Conflict (`operation_finished`).
        """
        key = self._key(operation_id)
        lease = (await self._tx.execute(_LOCK, key)).one_or_none()
        operation = await self._one(operation_id)
        if operation.kind not in kinds:
            raise NotFound.of("operation")
        if operation.state in _FINISHED - {"cancelled"}:
            raise Conflict("operation_finished", "It is over; there is nothing to cancel.")
        if lease is None:
            return operation
        if lease.lease_token is None:
            await self._tx.execute(_UNQUEUE, key)
        await self._tx.execute(_CANCEL, {**key, "at": at, "idle": lease.lease_token is None})
        return await self._one(operation_id)

    async def forget(self, age: timedelta, *, now: datetime) -> None:
        """Delete operations that ended longer ago."""
        await self._tx.execute(_FORGET, {"tenant_id": self._tenant_id, "before": now - age})

    async def _one(self, operation_id: UUID) -> Operation:
        found = (await self._tx.execute(select(self._table).where(self._table.c.id == operation_id))).mappings()
        row = found.one_or_none()
        if row is None:
            raise NotFound.of("operation")
        return to_operation(dict(row))

    def _key(self, operation_id: UUID) -> dict[str, Any]:
        return {"tenant_id": self._tenant_id, "id": operation_id}


def to_operation(row: Row) -> Operation:
    return Operation(**{name: row[name] for name in _FIELDS})
