"""A topic that goes while a group is about to commit there, as with a broker's disk, keeps nobody for ever."""

import asyncio
import uuid
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import UnknownTopicOrPartitionError

from shared.contracts.topics import Topic
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.port import Message
from shared.kit.faults import is_outage
from tests.factories.waiting import DEADLINE_SECONDS, eventually
from tests.integration.kit.consuming import first_batches

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

    monkeypatch.setattr(AIOKafkaConsumer, "beginning_offsets", deleting)
    with pytest.raises(UnknownTopicOrPartitionError):
        await kafka.rewind(group=group, topics=[topic])
    await kafka.rewind(group=group, topics=[topic])


async def test_a_member_does_not_wait_to_commit_where_nothing_is(
    kafka: KafkaBus, topic: str, kafka_admin: AIOKafkaAdminClient
) -> None:
    """Topics of a service that is away come back with it; until then others' have to be consumed."""
    async with kafka.subscribe(group=f"group-{uuid.uuid4().hex}", topics=[topic]) as subscription:
        (batch,) = await first_batches(subscription)
        await delete(kafka_admin, topic)
        with pytest.raises(UnknownTopicOrPartitionError) as refused:
            await subscription.commit(batch)
    assert is_outage(refused.value)


async def test_a_commit_is_asked_for_again_where_the_client_stumbles_over_its_own_connection(
    kafka: KafkaBus, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, stumbled, group = AIOKafkaClient.send, asyncio.Event(), f"group-{uuid.uuid4().hex}"

    async def stumbling(client: AIOKafkaClient, node_id: int, request: Any, **options: Any) -> Any:
        if type(request).__name__.startswith("OffsetCommit") and not stumbled.is_set():
            stumbled.set()
            raise KeyError(node_id)
        return await send(client, node_id, request, **options)

    monkeypatch.setattr(AIOKafkaClient, "send", stumbling)
    async with kafka.subscribe(group=group, topics=[topic]) as subscription:
        (batch,) = await first_batches(subscription)
        await subscription.commit(batch)
    assert stumbled.is_set()
    assert await kafka.lag(group=group, topics=[topic]) == {(topic, 0): 0}


async def test_a_commit_under_way_where_its_topic_goes_is_none_in_the_topic_that_follows(
    kafka: KafkaBus, topic: str, kafka_admin: AIOKafkaAdminClient
) -> None:
    """What lies at the same offsets there is something else, and the group has not had it."""
    group = f"group-{uuid.uuid4().hex}"
    async with kafka.subscribe(group=group, topics=[topic]) as subscription:
        (batch,) = await first_batches(subscription)
        await delete(kafka_admin, topic)
        committing = asyncio.create_task(subscription.commit(batch))
        await kafka.prepare([Topic(topic, partitions=1, retention_days=1)])
        await kafka.publish([Message(topic, "k", b"another")])
        await asyncio.gather(committing, return_exceptions=True)
    async with asyncio.timeout(DEADLINE_SECONDS), kafka.subscribe(group=group, topics=[topic]) as subscription:
        (batch,) = await first_batches(subscription)
    assert [message.value for message in batch.messages] == [b"another"]
