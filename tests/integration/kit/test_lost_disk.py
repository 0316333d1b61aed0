"""A broker whose disk is empty, new or after a loss: nothing of another cluster is taken for its own."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.kafka.broker import Kafka
from deploy.standalone.settings import read_settings
from shared.contracts.topics import Topic
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.kafka.consuming import KafkaSubscription
from shared.kit.bus.port import Fenced, Message
from shared.kit.faults import is_outage
from tests.factories.waiting import eventually
from tests.integration.kit.consuming import first_batches

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka")]
_TOPIC = Topic(f"test.{uuid4().hex}", partitions=1, retention_days=1)
_DEADLINE_SECONDS = 60.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Kafka]:
    broker = Kafka(tmp_path / "kafka", libraries=read_settings().kafka_libraries)
    broker.start()
    yield broker
    broker.stop()


async def publish(bus: KafkaBus, value: str) -> None:
    """Publish as the relay does: once more after every outage, until it is acknowledged."""
    async with asyncio.timeout(_DEADLINE_SECONDS):
        while True:
            try:
                await bus.publish([Message(_TOPIC.name, "k", value.encode())])
            except Exception as error:
                if not is_outage(error):
                    raise
            else:
                return


async def values(bus: KafkaBus) -> list[str]:
    return [message.value.decode() async for batch in bus.read([_TOPIC.name]) for message in batch.messages]


async def is_out(subscription: KafkaSubscription) -> bool:
    """Tell whether a member has heard that its group does not know it."""
    return bool(subscription._consumer._coordinator.generation < 0)  # noqa: SLF001 -- nobody else says so


async def test_a_producer_of_the_lost_cluster_is_not_taken_for_one_of_the_new(broker: Kafka) -> None:
    """Both clusters number producers from the start, and tell repetitions by these numbers."""
    old, new = KafkaBus(broker.url), KafkaBus(broker.url)
    try:
        await old.prepare([_TOPIC])
        for number in range(3):
            await publish(old, f"before {number}")
        await asyncio.to_thread(broker.kill)
        await asyncio.to_thread(broker.wipe)
        await asyncio.to_thread(broker.start)
        await new.prepare([_TOPIC])
        for number in range(6):
            await publish(new, f"after {number}")
        await publish(old, "the one that counts")
        assert "the one that counts" in await values(new)
    finally:
        await old.close()
        await new.close()


async def test_what_a_member_had_in_hand_is_not_committed_to_the_log_that_follows(broker: Kafka) -> None:
    """Until it has joined anew it is nobody in particular, of whom a broker takes what it would not of a member."""
    bus, group = KafkaBus(broker.url), uuid4().hex
    try:
        await bus.prepare([_TOPIC])
        await publish(bus, "before")
        async with bus.subscribe(group=group, topics=[_TOPIC.name]) as subscription:
            (batch,) = await first_batches(subscription)
            await asyncio.to_thread(broker.kill)
            await asyncio.to_thread(broker.wipe)
            await asyncio.to_thread(broker.start)
            await eventually(partial(is_out, subscription))
            await bus.prepare([_TOPIC])
            await publish(bus, "after")
            with pytest.raises(Fenced):
                await subscription.commit(batch)
        async with asyncio.timeout(_DEADLINE_SECONDS), bus.subscribe(group=group, topics=[_TOPIC.name]) as subscription:
            (batch,) = await first_batches(subscription)
        assert {message.value for message in batch.messages} == {b"after"}
    finally:
        await bus.close()


async def test_a_broker_that_never_kept_a_group_says_how_far_behind_one_is(broker: Kafka) -> None:
    """Nobody coordinates groups before the first question about one."""
    bus = KafkaBus(broker.url)
    try:
        await bus.prepare([_TOPIC])
        await publish(bus, "unread")
        assert await bus.lag(group="readers", topics=[_TOPIC.name]) == {(_TOPIC.name, 0): 1}
    finally:
        await bus.close()
