"""Endpoints, their sealed secrets, and the deliveries queued for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update

from services.notifier.domain.delivery import Delivery
from services.notifier.domain.endpoint import LISTENER, TEST_EVENT, Endpoint, Payload, Secret
from services.notifier.domain.message import COALESCED
from services.notifier.store.tables.webhooks import deliveries, endpoints, messages, secrets
from shared.core.errors import NotFound
from shared.core.paging import Row
from shared.kit.crypto import KeyRing
from shared.kit.db import Transaction
from shared.kit.repository import Repository

CHANNEL = "notifier_deliveries"
"""On which commits with deliveries announce themselves."""

_STORE = """
INSERT INTO messages (tenant_id, id, payload, body)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::bytea[]) ON CONFLICT DO NOTHING
"""
_SUPERSEDE = """
UPDATE deliveries AS older SET state = 'skipped', updated_at = now()
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) AS newer (endpoint_id, event_type, subject, sequence)
WHERE older.tenant_id = $1 AND older.endpoint_id = newer.endpoint_id AND older.subject = newer.subject
  AND older.sequence < newer.sequence AND older.event_type = newer.event_type AND older.state = 'pending'
"""
_QUEUE = """
INSERT INTO deliveries (tenant_id, id, endpoint_id, message_id, payload, event_type, subject, sequence, due_at)
SELECT $1, queued.*, CASE WHEN endpoints.url = $9 THEN $10 ELSE clock_timestamp() END
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bigint[])
    AS queued (id, endpoint_id, message_id, payload, event_type, subject, sequence)
JOIN endpoints ON endpoints.tenant_id = $1 AND endpoints.id = queued.endpoint_id
"""
_FETCH = """
WITH waiting AS (
    SELECT id FROM deliveries
    WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'pending' ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
), fetched AS (
    UPDATE deliveries SET state = 'delivered', attempts = deliveries.attempts + 1, updated_at = now()
    FROM waiting WHERE deliveries.tenant_id = $1 AND deliveries.id = waiting.id
    RETURNING deliveries.id, deliveries.message_id, deliveries.payload
)
SELECT messages.id, messages.body FROM fetched
JOIN messages ON messages.tenant_id = $1 AND messages.id = fetched.message_id AND messages.payload = fetched.payload
ORDER BY fetched.id
"""
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a dispatcher may claim what somebody will fetch."""
_WAKE = "SELECT pg_notify($1, '')"


class EndpointRepository(Repository[Endpoint]):
    table = endpoints
    entity = Endpoint
    noun = "webhook"

    async def subscribed(self, event_types: Collection[str]) -> Sequence[Endpoint]:
        statement = select(endpoints).where(
            endpoints.c.tenant_id == self.tenant_id,
            endpoints.c.enabled,
            endpoints.c.event_types.overlap(list(event_types)),
        )
        rows = await self.tx.execute(statement.order_by(endpoints.c.id))
        return [self.to_entity(dict(row)) for row in rows.mappings()]

    async def remove(self, endpoint: Endpoint) -> None:
        mine = (endpoints.c.tenant_id == self.tenant_id, endpoints.c.id == endpoint.id)
        await self.tx.execute(delete(endpoints).where(*mine))

    def to_entity(self, row: Row) -> Endpoint:
        return super().to_entity({**row, "event_types": tuple(row["event_types"])})


class SecretRepository(Repository[Secret]):
    """Secrets are sealed for their own row, and open nowhere else."""

    table = secrets
    entity = Secret
    noun = "secret"

    def __init__(self, tx: Transaction, tenant_id: UUID, keys: KeyRing) -> None:
        super().__init__(tx, tenant_id)
        self._ring = keys

    def to_row(self, entity: Secret) -> dict[str, Any]:
        sealed = self._ring.seal(entity.value, *secret_place(self.tenant_id, entity.id))
        return {**super().to_row(entity), "value": sealed}

    def to_entity(self, row: Row) -> Secret:
        value = self._ring.unseal(row["value"], *secret_place(self.tenant_id, row["id"]))
        return super().to_entity({**row, "value": value})


def secret_place(tenant_id: UUID, secret_id: UUID) -> tuple[object, ...]:
    """Name the place a secret is sealed for."""
    return tenant_id, secrets.name, secrets.c.value.name, secret_id


class DeliveryRepository:
    """Writes the queue from inside a tenant; dispatchers work on it across tenants."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def queue(self, queued: Sequence[Delivery], bodies: Mapping[tuple[UUID, Payload], bytes]) -> None:
        if not queued:
            return
        driver = await self._tx.driver()
        ids, payloads = [key[0] for key in bodies], [key[1] for key in bodies]
        await driver.execute(_STORE, self._tenant_id, ids, payloads, list(bodies.values()))
        coalesced = [delivery for delivery in queued if delivery.event_type in COALESCED]
        await driver.execute(
            _SUPERSEDE, self._tenant_id, *_columns(coalesced, "endpoint_id", "event_type", "subject", "sequence")
        )
        names = [field.name for field in fields(Delivery)]
        await driver.execute(_QUEUE, self._tenant_id, *_columns(queued, *names), LISTENER, _NEVER)
        await driver.execute(_WAKE, CHANNEL)

    async def get(self, delivery_id: UUID, /, *, endpoint_id: UUID) -> Delivery:
        columns = [deliveries.c[field.name] for field in fields(Delivery)]
        statement = select(*columns).where(
            deliveries.c.tenant_id == self._tenant_id,
            deliveries.c.id == delivery_id,
            deliveries.c.endpoint_id == endpoint_id,
        )
        row = (await self._tx.execute(statement)).mappings().one_or_none()
        if row is None:
            raise NotFound.of("delivery")
        return Delivery(**row)

    async def skip_unwanted(self, endpoint: Endpoint) -> None:
        wanted = [*endpoint.event_types, TEST_EVENT] if endpoint.enabled else []
        forms = ["thin", "full"] if endpoint.payload == "full" else ["thin"]
        statement = update(deliveries).where(
            deliveries.c.tenant_id == self._tenant_id,
            deliveries.c.endpoint_id == endpoint.id,
            deliveries.c.state == "pending",
            or_(deliveries.c.event_type.not_in(wanted), deliveries.c.payload.not_in(forms)),
        )
        await self._tx.execute(statement.values(state="skipped", updated_at=func.now()))

    async def fetch(self, endpoint_id: UUID, *, limit: int) -> Sequence[tuple[UUID, bytes]]:
        rows = await (await self._tx.driver()).fetch(_FETCH, self._tenant_id, endpoint_id, limit)
        return [(row["id"], row["body"]) for row in rows]

    async def forget(self, age: timedelta) -> None:
        """Delete what is older, with its deliveries, unless one of these is still to be sent."""
        old = (messages.c.tenant_id == self._tenant_id, messages.c.stored_at < func.clock_timestamp() - age)
        waiting = deliveries.c.state.in_(("pending", "leased"))
        of_message = (deliveries.c.tenant_id == messages.c.tenant_id, deliveries.c.message_id == messages.c.id)
        await self._tx.execute(delete(messages).where(*old, ~exists().where(*of_message, waiting)))


def _columns(rows: Sequence[object], *names: str) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]
