"""A topic that goes while a group is about to commit there, as with a broker's disk, keeps nobody for ever."""

import uuid
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.topics import Topic
from shared.kit.bus.kafka import consuming, observing
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.port import Batch, Message
from shared.kit.faults import is_outage
from tests.factories.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka")]


@pytest.fixture
async def topic(kafka: KafkaBus) -> str:
    """Give a topic with a message in it."""
    name = f"test.{uuid.uuid4().hex}"
    await kafka.prepare([Topic(name, partitions=1, retention_days=1)])
    await kafka.publish([Message(name, "k", b"1")])
    return name


async def delete(admin: AIOKafkaAdminClient, topic: str) -> None:
    """Delete a topic and wait until the broker has heard so from its controller."""
    await admin.delete_topics([topic])

    async def gone() -> bool:
        return topic not in await admin.list_topics()

    await eventually(gone)


async def test_a_rewind_gives_up_a_topic_that_is_gone_and_the_next_leaves_it_out(
    kafka: KafkaBus, topic: str, kafka_admin: AIOKafkaAdminClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, group = AIOKafkaConsumer.beginning_offsets, f"group-{uuid.uuid4().hex}"

    async def deleting(consumer: AIOKafkaConsumer, partitions: list[Any]) -> Any:
        found = await look(consumer, partitions)
        await delete(kafka_admin, topic)
        return found

    monkeypatch.setattr(observing, "REQUEST_SECONDS", 2)
    monkeypatch.setattr(AIOKafkaConsumer, "beginning_offsets", deleting)
    with pytest.raises(TimeoutError):
        await kafka.rewind(group=group, topics=[topic])
    await kafka.rewind(group=group, topics=[topic])


async def test_a_member_does_not_wait_for_ever_to_commit_where_nothing_is(
    kafka: KafkaBus, topic: str, kafka_admin: AIOKafkaAdminClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Topics of a service that is away come back with it; until then others' have to be consumed."""
    monkeypatch.setattr(consuming, "COMMIT_SECONDS", 2)
    async with kafka.subscribe(group=f"group-{uuid.uuid4().hex}", topics=[topic]) as subscription:
        batches: list[Batch] = []
        while not batches:
            batches = await subscription.fetch(max_messages=10, max_wait=1)
        await delete(kafka_admin, topic)
        with pytest.raises(TimeoutError) as refused:
            await subscription.commit(batches[0])
    assert is_outage(refused.value)
