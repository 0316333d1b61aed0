"""Apache Kafka seen from outside: how topics are set up, and how far behind a group is."""

from dataclasses import replace
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import InvalidConfigurationError

from shared.contracts.topics import Topic
from shared.kit.bus.kafka.bus import KafkaBus
from tests.factories.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka")]
TOPIC = Topic(f"test.{uuid4().hex}", partitions=1, retention_days=30)
_DAY = 24 * 60 * 60 * 1000


@pytest.fixture
async def topic(kafka: KafkaBus, kafka_admin: AIOKafkaAdminClient) -> Topic:
    """Make the topic and wait until the broker knows of it, which hears so from its controller."""
    await kafka.prepare([TOPIC])

    async def known() -> bool:
        return TOPIC.name in await kafka_admin.list_topics()

    await eventually(known)
    return TOPIC


async def settings_of(admin: AIOKafkaAdminClient) -> dict[str, str]:
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC.name)])
    (resource,) = answer.resources
    return {entry[0]: entry[1] for entry in resource[4]}


async def test_what_an_operator_has_set_stays_and_what_we_want_comes_back(
    kafka: KafkaBus, topic: Topic, kafka_admin: AIOKafkaAdminClient
) -> None:
    theirs = {"min.insync.replicas": "2", "retention.ms": str(90 * _DAY)}
    await kafka_admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, theirs)])
    await kafka.prepare([topic])

    async def come_back() -> bool:  # a broker may take a moment to hear what its controller was told
        found = await settings_of(kafka_admin)
        return (found["min.insync.replicas"], found["retention.ms"]) == ("2", str(30 * _DAY))

    await eventually(come_back)


async def test_no_message_outlives_its_time_by_more_than_a_day(
    kafka: KafkaBus, topic: Topic, kafka_admin: AIOKafkaAdminClient
) -> None:
    assert (await settings_of(kafka_admin))["segment.ms"] == str(_DAY)


async def test_a_setting_that_the_broker_refuses_is_not_taken_for_granted(kafka: KafkaBus, topic: Topic) -> None:
    with pytest.raises(InvalidConfigurationError):
        await kafka.prepare([replace(topic, retention_days=-2)])


async def test_a_group_beyond_the_end_of_a_log_that_lost_its_tail_is_not_behind(
    kafka: KafkaBus, topic: Topic, kafka_url: str
) -> None:
    group = f"group-{uuid4().hex}"
    servers = kafka_url.removeprefix("kafka://")
    async with AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, enable_auto_commit=False) as ahead:
        ahead.assign([TopicPartition(topic.name, 0)])
        await ahead.commit({TopicPartition(topic.name, 0): 5})
    assert await kafka.lag(group=group, topics=[topic.name]) == {(topic.name, 0): 0}
