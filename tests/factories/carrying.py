"""A bus by hand: carries what services have said to all the others, until nobody has anything new to say."""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from uuid import UUID

from sqlalchemy import text

from shared.kit.bus.port import Batch, Message
from shared.kit.consumer import Consumer

_SAID = text(
    "SELECT position, topic, key, payload, headers FROM outbox"
    " WHERE key LIKE :key AND position > :seen ORDER BY position",
)


class Carrier:
    """Remembers how far it has read each outbox; `wirings` by the service's name."""

    def __init__(self, wirings: Mapping[str, Any], tenant_id: UUID) -> None:
        self._wirings = wirings
        self._tenant_id = tenant_id
        self._seen = dict.fromkeys(wirings, 0)

    async def carry(self) -> None:
        """Let every service hear everything."""
        while said := [message for service in self._wirings for message in await self._said_by(service)]:
            for service, wiring in self._wirings.items():
                subscriptions = import_module(f"services.{service}.events.subscriptions").SUBSCRIPTIONS
                consumer = Consumer(wiring.bus, wiring.works, subscriptions, group=service)
                await consumer.process(Batch("carried", 0, 0, len(said), tuple(said)))

    async def _said_by(self, service: str) -> list[Message]:
        async with self._wirings[service].database.transaction() as tx:
            wanted = {"key": f"{self._tenant_id}/%", "seen": self._seen[service]}
            rows = (await tx.execute(_SAID, wanted)).all()
        self._seen[service] = rows[-1].position if rows else self._seen[service]
        return [
            Message(row.topic, row.key, row.payload, tuple(map(tuple, json.loads(row.headers or "[]")))) for row in rows
        ]
