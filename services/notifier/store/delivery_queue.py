"""The queue of deliveries as dispatchers see it: across tenants, by leases, with endpoints side by side in lanes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

import asyncpg
from sqlalchemy import text

from services.notifier.domain.delivery import Outcome, Parcel
from services.notifier.domain.endpoint import TEST_EVENT
from services.notifier.domain.message import COALESCED
from services.notifier.store.repositories.webhooks import CHANNEL, secret_place
from shared.core.ids import Ids
from shared.kit.crypto import KeyRing, Unsealable
from shared.kit.db import Database, Transaction
from shared.kit.log import get_logger

_log = get_logger(__name__)

# `lane` hops from endpoint to endpoint along the index of open deliveries; each lane then gives its earliest due ones,
# up to its free slots (two dispatchers claiming at once may exceed these for a moment). The order of the lanes is
# drawn, so that none is always served last when room is scarce. The lanes of a suspended tenant wait as they are.
_CLAIM = text("""
WITH RECURSIVE lane AS (
    (SELECT tenant_id, endpoint_id FROM deliveries WHERE state IN ('pending', 'leased')
     ORDER BY tenant_id, endpoint_id LIMIT 1)
    UNION ALL
    SELECT further.tenant_id, further.endpoint_id FROM lane CROSS JOIN LATERAL (
        SELECT tenant_id, endpoint_id FROM deliveries
        WHERE state IN ('pending', 'leased') AND (tenant_id, endpoint_id) > (lane.tenant_id, lane.endpoint_id)
        ORDER BY tenant_id, endpoint_id LIMIT 1
    ) AS further
), drawn AS (
    SELECT lane.*, :slots - (
        SELECT count(*) FROM deliveries AS busy
        WHERE busy.tenant_id = lane.tenant_id AND busy.endpoint_id = lane.endpoint_id
          AND busy.state = 'leased' AND busy.due_at > now()
    ) AS slots
    FROM lane JOIN tenants ON tenants.id = lane.tenant_id AND tenants.status = 'active' ORDER BY random()
), chosen AS (
    SELECT due.tenant_id, due.id FROM drawn CROSS JOIN LATERAL (
        SELECT tenant_id, id FROM deliveries AS waiting
        WHERE waiting.tenant_id = drawn.tenant_id AND waiting.endpoint_id = drawn.endpoint_id
          AND waiting.state IN ('pending', 'leased') AND waiting.due_at <= now()
        ORDER BY waiting.due_at, waiting.id LIMIT greatest(drawn.slots, 0) FOR UPDATE SKIP LOCKED
    ) AS due
    LIMIT :room
)
UPDATE deliveries
SET state = 'leased', lease_token = :token, due_at = now() + CAST(:lease AS interval), updated_at = now()
FROM chosen WHERE deliveries.tenant_id = chosen.tenant_id AND deliveries.id = chosen.id
RETURNING deliveries.tenant_id, deliveries.id
""")
_OPEN = """
SELECT deliveries.id, deliveries.endpoint_id, deliveries.message_id, deliveries.lease_token, deliveries.attempts,
       endpoints.url, messages.body,
       endpoints.enabled AND (deliveries.event_type = ANY(endpoints.event_types) OR deliveries.event_type = $3)
           AND (endpoints.payload = 'full' OR deliveries.payload = 'thin') AS wanted
FROM deliveries
JOIN endpoints ON endpoints.tenant_id = deliveries.tenant_id AND endpoints.id = deliveries.endpoint_id
JOIN messages ON messages.tenant_id = deliveries.tenant_id
    AND messages.id = deliveries.message_id AND messages.payload = deliveries.payload
WHERE deliveries.tenant_id = $1 AND deliveries.id = ANY($2)
ORDER BY deliveries.id
"""
_SECRETS = """
SELECT endpoint_id, id, value FROM secrets
WHERE tenant_id = $1 AND endpoint_id = ANY($2) AND (not_after IS NULL OR not_after > now())
ORDER BY created_at DESC, id DESC
"""
_SETTLE = """
WITH outcome AS (
    SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::interval[], $6::timestamptz[], $7::int[],
                         $8::smallint[], $9::text[], $10::text[])
        AS told (id, lease_token, state, retry_in, started_at, milliseconds, status, response, error)
), settled AS (
    UPDATE deliveries AS sent SET
        state = CASE WHEN outcome.state = 'pending' AND sent.event_type = ANY($11) AND EXISTS (
            SELECT FROM deliveries AS newer
            WHERE newer.tenant_id = sent.tenant_id AND newer.endpoint_id = sent.endpoint_id
              AND newer.subject = sent.subject AND newer.sequence > sent.sequence
              AND newer.event_type = sent.event_type
        ) THEN 'skipped' ELSE outcome.state END,
        attempts = sent.attempts + (outcome.started_at IS NOT NULL)::int,
        due_at = now() + outcome.retry_in, lease_token = NULL, updated_at = now()
    FROM outcome
    WHERE sent.tenant_id = $1 AND sent.id = outcome.id AND sent.lease_token = outcome.lease_token
    RETURNING sent.id, sent.attempts
)
INSERT INTO attempts (tenant_id, delivery_id, number, started_at, milliseconds, status, response, error)
SELECT $1, id, attempts, started_at, milliseconds, status, response, error
FROM settled JOIN outcome USING (id) WHERE started_at IS NOT NULL
"""
_RELEASE = text("""
UPDATE deliveries SET state = 'pending', due_at = now(), lease_token = NULL, updated_at = now()
FROM unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[]), CAST(:tokens AS uuid[]))
    AS unsent (tenant_id, id, lease_token)
WHERE deliveries.tenant_id = unsent.tenant_id AND deliveries.id = unsent.id
  AND deliveries.lease_token = unsent.lease_token
""")


class Bell:
    """Rung by commits that queue deliveries, and by whoever in this process has something to do."""

    def __init__(self, listener: asyncpg.Connection) -> None:
        self._listener = listener
        self._rung = asyncio.Event()

    def ring(self, *_: object) -> None:
        self._rung.set()

    async def wait(self, *, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()
        if self._listener.is_closed():
            raise ConnectionError("the connection that listens for deliveries is gone")


class DeliveryQueue:
    """Each step is one short transaction; nothing stays open while something is sent."""

    def __init__(self, database: Database, *, keys: KeyRing, ids: Ids) -> None:
        self._database = database
        self._keys = keys
        self._ids = ids

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Bell]:
        listener = await self._database.listener()
        bell = Bell(listener)
        try:
            await listener.add_listener(CHANNEL, bell.ring)
            listener.add_termination_listener(bell.ring)
            yield bell
        finally:
            await listener.close()

    async def claim(self, *, room: int, slots: int, lease: timedelta) -> Sequence[Parcel]:
        async with self._database.transaction() as tx:
            claim = {"room": room, "slots": slots, "lease": lease, "token": self._ids.new()}
            claimed = sorted((await tx.execute(_CLAIM, claim)).all())
            parcels: list[Parcel] = []
            for tenant_id, rows in groupby(claimed, key=attrgetter("tenant_id")):
                parcels += await self._open(tx, tenant_id, [row.id for row in rows])
            await tx.commit()
        return parcels

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        by_tenant = attrgetter("parcel.tenant_id")
        if not outcomes:
            return
        async with self._database.transaction() as tx:
            driver = await tx.driver()
            for tenant_id, group in groupby(sorted(outcomes, key=by_tenant), key=by_tenant):
                await tx.enter_tenant(tenant_id)
                columns = zip(*map(_settled, group), strict=True)
                await driver.execute(_SETTLE, tenant_id, *columns, list(COALESCED))
            await tx.commit()

    async def release(self, parcels: Sequence[Parcel]) -> None:
        if not parcels:
            return
        async with self._database.transaction() as tx:
            columns = {
                "tenants": [parcel.tenant_id for parcel in parcels],
                "ids": [parcel.delivery_id for parcel in parcels],
                "tokens": [parcel.lease_token for parcel in parcels],
            }
            await tx.execute(_RELEASE, columns)
            await tx.commit()

    async def _open(self, tx: Transaction, tenant_id: UUID, delivery_ids: Sequence[UUID]) -> list[Parcel]:
        """Read, inside the tenant, what sending needs."""
        await tx.enter_tenant(tenant_id)
        rows = await (await tx.driver()).fetch(_OPEN, tenant_id, delivery_ids, TEST_EVENT)
        secrets = await self._secrets(tx, tenant_id, {row["endpoint_id"] for row in rows})
        return [
            Parcel(
                tenant_id=tenant_id,
                delivery_id=row["id"],
                endpoint_id=row["endpoint_id"],
                message_id=row["message_id"],
                lease_token=row["lease_token"],
                attempt=row["attempts"] + 1,
                url=row["url"],
                wanted=row["wanted"],
                secrets=secrets[row["endpoint_id"]],
                body=row["body"],
            )
            for row in rows
        ]

    async def _secrets(self, tx: Transaction, tenant_id: UUID, endpoint_ids: set[UUID]) -> dict[UUID, tuple[str, ...]]:
        secrets: dict[UUID, tuple[str, ...]] = dict.fromkeys(endpoint_ids, ())
        for row in await (await tx.driver()).fetch(_SECRETS, tenant_id, list(endpoint_ids)):
            try:
                value = self._keys.unseal(row["value"], *secret_place(tenant_id, row["id"]))
            except Unsealable:  # one endpoint's trouble, which its deliveries tell of
                _log.warning("secret.unsealable", webhook_id=str(row["endpoint_id"]))
            else:
                secrets[row["endpoint_id"]] += (value,)
        return secrets


def _settled(outcome: Outcome) -> tuple[object, ...]:
    reply = outcome.reply
    return (
        outcome.parcel.delivery_id,
        outcome.parcel.lease_token,
        outcome.state,
        outcome.retry_in,
        outcome.started_at,
        round(reply.duration.total_seconds() * 1000) if reply else None,
        reply.status if reply else None,
        reply.body.decode("utf-8", "ignore").replace("\x00", "") if reply else None,
        reply.error if reply else None,
    )
