"""What only others than services write to Kafka is a message all the same, which whoever cannot read it sets aside."""

import asyncio
import uuid

import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts.topics import Topic
from shared.kit.bus.kafka.bus import KafkaBus

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka")]
_DEADLINE_SECONDS = 30


async def test_keys_values_and_headers_may_be_missing_or_no_text(kafka: KafkaBus, kafka_url: str) -> None:
    topic = f"test.{uuid.uuid4().hex}"
    await kafka.prepare([Topic(topic, partitions=1, retention_days=1)])
    async with AIOKafkaProducer(bootstrap_servers=kafka_url.removeprefix("kafka://")) as stranger:
        await stranger.send_and_wait(topic, b"a", headers=[("none", None), ("bytes", b"\xff")])
        await stranger.send_and_wait(topic, None, key=b"gone")
        await stranger.send_and_wait(topic, b"c", key=b"\xff")
    found: list[tuple[str, bytes, tuple[tuple[str, str], ...]]] = []
    async with asyncio.timeout(_DEADLINE_SECONDS), kafka.subscribe(group=topic, topics=[topic]) as subscription:
        while len(found) < 3:
            for batch in await subscription.fetch(max_messages=10, max_wait=1):
                found += [(message.key, message.value, message.headers) for message in batch.messages]
                await subscription.commit(batch)
    assert found == [("", b"a", (("none", ""), ("bytes", "�"))), ("gone", b"", ()), ("�", b"c", ())]
