"""A member that leaves while the broker is away ends as itself, whatever its client makes of it."""

import asyncio
import uuid
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError

from shared.contracts.topics import Topic
from shared.kit.bus.kafka.bus import KafkaBus

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka")]


async def test_who_leaves_while_the_broker_is_away_is_not_taken_for_cancelled(
    kafka: KafkaBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, send, refused = f"test.{uuid.uuid4().hex}", AIOKafkaClient.send, asyncio.Event()
    await kafka.prepare([Topic(topic, partitions=1, retention_days=1)])

    async def refusing(client: AIOKafkaClient, node_id: int, request: Any, **options: Any) -> Any:
        if type(request).__name__.startswith("Fetch"):
            refused.set()
            raise KafkaConnectionError
        return await send(client, node_id, request, **options)

    async with kafka.subscribe(group=f"group-{uuid.uuid4().hex}", topics=[topic]) as subscription:
        monkeypatch.setattr(AIOKafkaClient, "send", refusing)
        while not refused.is_set():
            await subscription.fetch(max_messages=10, max_wait=0.1)
