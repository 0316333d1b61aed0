"""Appending to Kafka: an idempotent producer fed with whole batches, each message's place known afterwards."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from shared.kit.bus.kafka.closing import close_producer
from shared.kit.bus.kafka.cluster import REQUEST_SECONDS, Cluster
from shared.kit.bus.port import MAX_MESSAGE_BYTES, Message, Partition, Place

PUBLISH_SECONDS = 3 * REQUEST_SECONDS
"""What a publish may take with all its retries; then its producer is given up, and the caller tries again."""
_BATCH_BYTES = 1024 * 1024
_REQUEST_BYTES = 2 * MAX_MESSAGE_BYTES
_Portion = tuple[asyncio.Future[RecordMetadata], Sequence[int]]
"""A batch on its way, and which of the messages given it holds."""


class AnotherCluster(ConnectionError):
    """The broker has lost its disk since the producer was opened, so that nothing it acknowledged can be believed."""


class Producer:
    """Opened with the first message, and given up after any failure: what became of its requests cannot be known.

    A broker tells repetitions by the number it gave a producer. One that lost its disk gives the same numbers again,
    and takes what is new for a repetition of what another producer sent: it says yes, and drops it. So whenever a
    connection is another one than before, the broker is asked (`identify`) whether it is still the same.
    """

    def __init__(self, cluster: Cluster, *, identify: Callable[[], Awaitable[str]]) -> None:
        self._cluster = cluster
        self._identify = identify
        self._client: AIOKafkaProducer | None = None
        self._cluster_id = ""
        self._connections: frozenset[object] = frozenset()
        """Those that were open when the broker was last known to be the same."""
        self._turn = asyncio.Lock()
        """One publish at a time: aiokafka lets those who wait for the same partition time out too early."""

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        """Append messages, those of one partition in their order; gives the place of each."""
        async with self._turn:
            try:
                async with asyncio.timeout(PUBLISH_SECONDS):
                    client = await self._opened()
                    places = await _append(client, messages)
                    await self._require_the_same(client)
                    return places
            except BaseException:
                await self._give_up()
                raise

    async def close(self) -> None:
        async with self._turn:
            await self._give_up()

    async def _opened(self) -> AIOKafkaProducer:
        if self._client is None:
            self._cluster_id = await self._identify()  # before the broker gives a number, which is good there alone
            self._client = AIOKafkaProducer(
                **self._cluster.options(),
                enable_idempotence=True,
                compression_type="lz4",
                max_batch_size=_BATCH_BYTES,
                max_request_size=_REQUEST_BYTES,
            )
            await self._client.start()
        return self._client

    async def _require_the_same(self, client: AIOKafkaProducer) -> None:
        """Raise AnotherCluster where what was just acknowledged may have been taken for a repetition."""
        connections = frozenset(client.client._conns.values())  # noqa: SLF001 -- nobody else knows of lost ones
        if connections != self._connections and await self._identify() != self._cluster_id:
            raise AnotherCluster("the broker came back without what it held")
        self._connections = connections

    async def _give_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await _end(client)


async def _append(client: AIOKafkaProducer, messages: Sequence[Message]) -> Sequence[Place]:
    by_partition: dict[Partition, list[int]] = defaultdict(list)
    counts = {topic: len(await client.partitions_for(topic)) for topic in {message.topic for message in messages}}
    for index, message in enumerate(messages):
        by_partition[message.topic, partition_of(message.key, counts[message.topic])].append(index)
    portions: list[tuple[Partition, _Portion]] = []
    for partition, indices in by_partition.items():
        portions += [(partition, portion) for portion in await _send(client, messages, indices, partition)]
    appended = await asyncio.gather(*(future for _, (future, _) in portions))
    places: dict[int, Place] = {}
    for ((_, number), (_, held)), done in zip(portions, appended, strict=True):
        for ordinal, index in enumerate(held):
            places[index] = Place(number, done.offset + ordinal if done.offset >= 0 else -1)
    return [places[index] for index in range(len(messages))]


async def _send(
    client: AIOKafkaProducer, messages: Sequence[Message], indices: Sequence[int], partition: Partition
) -> list[_Portion]:
    """Fill batches with the messages of one partition and hand them over, in order."""
    portions: list[_Portion] = []
    batch = client.create_batch()
    held: list[int] = []
    for index in indices:
        message = messages[index]
        record = {"key": message.key.encode(), "value": message.value, "headers": _encoded(message), "timestamp": None}
        if batch.append(**record) is None:
            portions.append((await _hand_over(client, batch, partition), held))
            batch, held = client.create_batch(), []
            batch.append(**record)
        held.append(index)
    portions.append((await _hand_over(client, batch, partition), held))
    return portions


async def _hand_over(
    client: AIOKafkaProducer, batch: BatchBuilder, partition: Partition
) -> asyncio.Future[RecordMetadata]:
    batch.close()
    future: asyncio.Future[RecordMetadata] = await client.send_batch(batch, partition[0], partition=partition[1])
    future.add_done_callback(_look_away)
    return future


def partition_of(key: str, count: int) -> int:
    """Choose as Kafka's own clients do: murmur2 of the key."""
    return _hash(key) % count


@lru_cache(maxsize=1 << 16)
def _hash(key: str) -> int:
    """Remember keys, which come again and again: hashing one takes longer than appending its message."""
    return int(murmur2(key.encode())) & 0x7FFFFFFF


def _encoded(message: Message) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in message.headers]


async def _end(client: AIOKafkaProducer) -> None:
    """Close without waiting for what may never be acknowledged, which is all that `stop` alone knows.

    The order matters: nothing new is sent, what is under way fails with its connections, and only then, when nobody
    would put a batch back, the batches that are left fail too.
    """
    sender: asyncio.Task[None] | None = client._sender and client._sender.sender_task  # noqa: SLF001 -- see above
    if sender is not None:
        sender.cancel()
    await client.client.close()
    if sender is not None:
        await asyncio.wait({sender}, timeout=REQUEST_SECONDS)
    accumulator = client._message_accumulator  # noqa: SLF001 -- see above
    accumulator._pending_batches.update(*accumulator._batches.values())  # noqa: SLF001 -- it expects to find them there
    for batch in accumulator._pending_batches:  # noqa: SLF001 -- nobody waits for these any more
        batch._drain_waiter.add_done_callback(_look_away)  # noqa: SLF001 -- see above
        batch.future.add_done_callback(_look_away)
    accumulator.fail_all(ProducerClosed())
    await close_producer(client)


def _look_away(future: asyncio.Future[Any]) -> None:
    """Take note of a failure that nobody waits for: the first one of a publish speaks for all."""
    if not future.cancelled():
        future.exception()
