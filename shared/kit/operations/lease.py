"""The queue of all tenants as workers see it: by leases, so that what a dead worker held goes on elsewhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from shared.core.clock import Clock
from shared.core.operation import Operation, State
from shared.kit.db import Database, Transaction
from shared.kit.operations.repository import to_operation
from shared.kit.tenancy import Tenant, enter_tenant

LEASE = timedelta(seconds=30)
_CLAIM = text("""
WITH next AS (
    SELECT tenant_id, id FROM operation_queue WHERE due_at <= clock_timestamp() AND kind = ANY(:kinds)
        AND EXISTS (SELECT FROM tenants WHERE tenants.id = tenant_id AND status = 'active')
    ORDER BY due_at LIMIT 1 FOR UPDATE OF operation_queue SKIP LOCKED
)
UPDATE operation_queue AS taken SET due_at = clock_timestamp() + CAST(:lease AS interval), lease_token = :token
FROM next WHERE taken.tenant_id = next.tenant_id AND taken.id = next.id
RETURNING taken.tenant_id, taken.id
""")
_BEGIN = text("""
UPDATE operations SET state = 'running', attempts = attempts + 1, done = 0,
    started_at = coalesce(started_at, :at), updated_at = :at
WHERE tenant_id = :tenant_id AND id = :id RETURNING *
""")
_HOLD = """
UPDATE operation_queue SET due_at = clock_timestamp() + CAST(:lease AS interval)
WHERE tenant_id = :tenant_id AND id = :id AND lease_token = :token RETURNING id
"""
_BEAT = text(_HOLD)
_TELL = text(f"""
WITH held AS ({_HOLD})
UPDATE operations SET done = :done, total = :total, updated_at = :at FROM held
WHERE operations.tenant_id = :tenant_id AND operations.id = held.id RETURNING cancel_requested
""")  # noqa: S608 -- put together from the constant above
_END = text("""
WITH held AS (
    DELETE FROM operation_queue WHERE tenant_id = :tenant_id AND id = :id AND lease_token = :token RETURNING id
)
UPDATE operations SET state = :state, result = :result, problem = CAST(:problem AS jsonb),
    done = CASE WHEN :state = 'succeeded' THEN coalesce(total, done) ELSE done END,
    finished_at = :at, updated_at = :at
FROM held WHERE operations.tenant_id = :tenant_id AND operations.id = held.id RETURNING operations.id
""")
_GIVE_BACK = text("""
UPDATE operation_queue SET due_at = clock_timestamp(), lease_token = NULL
WHERE tenant_id = :tenant_id AND id = :id AND lease_token = :token
""")


class LeaseLost(Exception):
    """Somebody else works on it by now: whatever this worker still does about it must not count."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An operation in the hands of one worker."""

    tenant: Tenant
    token: UUID
    operation: Operation

    @property
    def tenant_id(self) -> UUID:
        return self.tenant.id

    @property
    def key(self) -> dict[str, Any]:
        return {"tenant_id": self.tenant.id, "id": self.operation.id, "token": self.token}


class Leases:
    """Each step is one short transaction inside the operation's tenant."""

    def __init__(self, database: Database, *, lease: timedelta = LEASE) -> None:
        self._database = database
        self.lease = lease

    async def claim(self, token: UUID, clock: Clock, *, kinds: Collection[str]) -> Claimed | None:
        """Take what is due longest of these kinds, of whatever tenant that is not suspended, and begin it."""
        async with self._database.transaction() as tx:
            taken = (await tx.execute(_CLAIM, {"token": token, "lease": self.lease, "kinds": [*kinds]})).one_or_none()
            if taken is None:
                return None
            tenant = await enter_tenant(tx, taken.tenant_id)
            key = {"tenant_id": tenant.id, "id": taken.id, "at": tenant.now(clock)}
            row = (await tx.execute(_BEGIN, key)).mappings().one()
            await tx.commit()
        return Claimed(tenant, token, to_operation(dict(row)))

    async def beat(self, claimed: Claimed) -> None:
        """Hold on to it. Raises LeaseLost."""
        await self._held(claimed, _BEAT, {"lease": self.lease})

    async def tell(self, claimed: Claimed, done: int, *, total: int, at: datetime) -> bool:
        """Say how far it is; tells whether somebody wants it cancelled. Raises LeaseLost."""
        told = {"lease": self.lease, "done": done, "total": total, "at": at}
        return bool(await self._held(claimed, _TELL, told))

    async def end(
        self, claimed: Claimed, state: State, *, at: datetime, problem: Mapping[str, Any] | None = None
    ) -> None:
        """Say what came of it. Raises LeaseLost."""
        async with self._database.transaction(claimed.tenant_id) as tx:
            await end_within(tx, claimed, state, at=at, problem=problem)
            await tx.commit()

    async def give_back(self, claimed: Claimed) -> None:
        """Let others have it at once."""
        async with self._database.transaction(claimed.tenant_id) as tx:
            await tx.execute(_GIVE_BACK, claimed.key)
            await tx.commit()

    async def _held(self, claimed: Claimed, statement: Any, more: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- SQL
        async with self._database.transaction(claimed.tenant_id) as tx:
            row = (await tx.execute(statement, {**claimed.key, **more})).one_or_none()
            await tx.commit()
        if row is None:
            raise LeaseLost
        return row[0]


async def end_within(
    tx: Transaction,
    claimed: Claimed,
    state: State,
    *,
    at: datetime,
    result: str | None = None,
    problem: Mapping[str, Any] | None = None,
) -> None:
    """Say in a transaction of others what came of it. Raises LeaseLost, so that their effect is not made either."""
    said = {"state": state, "at": at, "result": result, "problem": orjson.dumps(problem).decode() if problem else None}
    if (await tx.execute(_END, {**claimed.key, **said})).one_or_none() is None:
        raise LeaseLost
