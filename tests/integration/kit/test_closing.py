"""Whoever closes while the broker is away ends as itself, whatever its client makes of it."""

import asyncio
import uuid
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError

from shared.contracts.topics import Topic
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.port import Message

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


async def test_who_gives_up_a_producer_is_not_taken_for_cancelled(
    kafka_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, stop, topic = KafkaBus(kafka_url), AIOKafkaProducer.stop, f"test.{uuid.uuid4().hex}"
    await bus.prepare([Topic(topic, partitions=1, retention_days=1)])
    await bus.publish([Message(topic, "k", b"1")])

    async def letting_out(producer: AIOKafkaProducer) -> None:
        """End as it does where what it sends waits for news of the broker's partitions."""
        await stop(producer)
        own = asyncio.create_task(asyncio.sleep(60))
        own.cancel()
        await own

    monkeypatch.setattr(AIOKafkaProducer, "stop", letting_out)
    await bus.close()
