"""Whatever the clock of a process says, its messages are taken, and stay for as long as their topic says."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.contracts.topics import Topic
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.port import Message

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka")]


def with_a_clock_off_by(difference: timedelta, append: Callable[..., Any]) -> Callable[..., Any]:
    """Let a batch stamp messages as a client does whose clock is wrong."""

    def stamped(builder: BatchBuilder, **record: Any) -> Any:
        return append(builder, **{**record, "timestamp": int((time.time() + difference.total_seconds()) * 1000)})

    return stamped


@pytest.mark.parametrize("days", [-400, 400])
async def test_messages_of_a_wrong_clock_are_as_old_as_their_stay(
    kafka: KafkaBus, kafka_url: str, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = f"test.{uuid.uuid4().hex}"
    await kafka.prepare([Topic(topic, partitions=1, retention_days=1)])
    monkeypatch.setattr(BatchBuilder, "append", with_a_clock_off_by(timedelta(days=days), BatchBuilder.append))
    await kafka.publish([Message(topic, "k", b"said")])
    servers = kafka_url.removeprefix("kafka://")
    async with AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="earliest") as reader:
        message = await reader.getone()
    assert abs(message.timestamp / 1000 - time.time()) < 60
