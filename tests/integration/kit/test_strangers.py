"""What only others than services write to Kafka is a message all the same, which whoever cannot read it sets aside."""

import asyncio
import struct
import uuid
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

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


class Foreign:
    """Builds a batch as a client does that takes any bytes for the name of a header."""

    def __init__(self, builder: Any) -> None:
        self._builder = builder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._builder, name)

    def build(self) -> bytearray:
        built = self._builder.build().replace(b"foreign", b"\xff" * len("foreign"))
        built[17:21] = struct.pack(">I", calc_crc32c(bytes(built[21:])))
        return bytearray(built)


async def send_foreign(stranger: AIOKafkaProducer, topic: str) -> None:
    batch = stranger.create_batch()
    batch.append(timestamp=None, key=b"k", value=b"x", headers=[("foreign", b"")])
    batch.close()
    batch._builder = Foreign(batch._builder)  # noqa: SLF001 -- no client of ours would write it
    await (await stranger.send_batch(batch, topic, partition=0))


@pytest.fixture
async def spoilt(kafka: KafkaBus, kafka_url: str) -> str:
    """Give a topic of two partitions, in one of which lies what the client cannot read."""
    topic = f"test.{uuid.uuid4().hex}"
    await kafka.prepare([Topic(topic, partitions=2, retention_days=1)])
    async with AIOKafkaProducer(bootstrap_servers=kafka_url.removeprefix("kafka://")) as stranger:
        for number in range(12):
            await stranger.send_and_wait(topic, b"%d" % number, partition=0)
        await send_foreign(stranger, topic)
        await send_foreign(stranger, topic)
        await stranger.send_and_wait(topic, b"last", partition=0)
        await stranger.send_and_wait(topic, b"other", partition=1)
    return topic


EXPECTED = {
    0: [*((number, b"%d" % number) for number in range(12)), (12, b""), (13, b""), (14, b"last")],
    1: [(0, b"other")],
}


async def test_what_the_client_cannot_read_is_passed_on_as_nothing(kafka: KafkaBus, spoilt: str) -> None:
    """It held up its partition, what lay before it as well, and with it the group, for ever."""
    found: dict[int, list[tuple[int, bytes]]] = {0: [], 1: []}
    async with asyncio.timeout(_DEADLINE_SECONDS), kafka.subscribe(group=spoilt, topics=[spoilt]) as subscription:
        while any(len(found[number]) < len(EXPECTED[number]) for number in EXPECTED):
            for batch in await subscription.fetch(max_messages=10, max_wait=1):
                messages = enumerate(batch.messages)
                found[batch.partition] += [(batch.offset_of(ordinal), message.value) for ordinal, message in messages]
                await subscription.commit(batch)
    assert found == EXPECTED
    assert not any((await kafka.lag(group=spoilt, topics=[spoilt])).values())


async def test_who_reads_all_comes_past_it(kafka: KafkaBus, spoilt: str) -> None:
    found = [message.value async for batch in kafka.read([spoilt]) for message in batch.messages]
    assert sorted(found) == sorted(value for part in EXPECTED.values() for _, value in part)
