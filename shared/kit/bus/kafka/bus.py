"""The bus on Apache Kafka: partitions shared among the members of a group, offsets kept by the broker."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from shared.contracts.topics import Topic
from shared.kit.bus.kafka.closing import close_consumer
from shared.kit.bus.kafka.cluster import Cluster
from shared.kit.bus.kafka.consuming import KafkaSubscription, open_consumer, read_all
from shared.kit.bus.kafka.observing import Observer
from shared.kit.bus.kafka.producing import Producer
from shared.kit.bus.port import Batch, Extent, Message, Partition, Place


class KafkaBus:
    """Nothing is opened before it is needed, so that a process starts while the broker is away."""

    def __init__(self, url: str) -> None:
        self._cluster = Cluster.read(url)
        self._observer = Observer(self._cluster)
        self._producer = Producer(self._cluster, identify=self._observer.identity)

    async def prepare(self, topics: Sequence[Topic]) -> None:
        await self._observer.prepare(topics)

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        return await self._producer.publish(messages) if messages else ()

    @asynccontextmanager
    async def subscribe(self, *, group: str, topics: Sequence[str]) -> AsyncIterator[KafkaSubscription]:
        consumer = open_consumer(self._cluster, group=group)
        subscription = KafkaSubscription(consumer)
        consumer.subscribe(list(topics), listener=subscription)
        try:
            await consumer.start()
            yield subscription
        finally:
            subscription.give_up()
            await close_consumer(consumer)

    async def read(self, topics: Sequence[str]) -> AsyncIterator[Batch]:
        async for batch in read_all(self._cluster, await self._observer.extent(topics)):
            yield batch

    async def extent(self, topics: Sequence[str]) -> Extent:
        return await self._observer.extent(topics)

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[Partition, int]:
        return await self._observer.lag(group, topics)

    async def rewind(self, *, group: str, topics: Sequence[str]) -> None:
        await self._observer.rewind(group, topics)

    async def close(self) -> None:
        await self._producer.close()
        await self._observer.close()
