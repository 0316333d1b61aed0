"""Looking at a Kafka from outside: which it is, how far its partitions reach, where groups are; and making topics."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    CommitFailedError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
    TopicAlreadyExistsError,
    for_code,
)

from shared.contracts.topics import SEGMENT_DAYS, Topic
from shared.kit.bus.kafka.altering import alter_topics
from shared.kit.bus.kafka.closing import close_consumer
from shared.kit.bus.kafka.cluster import REQUEST_SECONDS, Cluster
from shared.kit.bus.kafka.committing import NOBODY, commit_as
from shared.kit.bus.port import MAX_MESSAGE_BYTES, Extent, GroupBusy, Partition

_MOST_REPLICAS = 3
_COORDINATOR_MOVES = (GroupCoordinatorNotAvailableError, GroupLoadInProgressError, NotCoordinatorForGroupError)
"""What a broker says while nobody keeps the offsets of a group yet: always at the first question in its life."""
_COORDINATOR_PAUSE_SECONDS = 0.1


class Observer:
    """Two clients, opened when first needed and anew after a failure, used by one question at a time."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._admin: AIOKafkaAdminClient | None = None
        self._reader: AIOKafkaConsumer | None = None
        self._turn = asyncio.Lock()

    async def identity(self) -> str:
        """Give the cluster's id, which is another one after its disk was lost."""
        async with self._asking() as (admin, _):
            return str((await admin.describe_cluster())["cluster_id"])

    async def extent(self, topics: Sequence[str]) -> Extent:
        async with self._asking() as (admin, reader):
            described = await admin.describe_cluster()
            partitions = await _partitions(admin, topics)
            ends = await reader.end_offsets(partitions) if partitions else {}
            return Extent(described["cluster_id"], {(end.topic, end.partition): at for end, at in ends.items()})

    async def lag(self, group: str, topics: Sequence[str]) -> Mapping[Partition, int]:
        """Count what a group has yet to commit; where it has committed nothing, everything there is.

        None where it has got beyond the end, which a log that lost its tail leaves behind.
        """
        async with self._asking() as (admin, reader):
            partitions = await _partitions(admin, topics)
            if not partitions:
                return {}
            ends, begins = await reader.end_offsets(partitions), await reader.beginning_offsets(partitions)
            done = await _committed(admin, group, partitions)
            return {
                (partition.topic, partition.partition): max(
                    ends[partition] - max(done[partition], begins[partition]), 0
                )
                for partition in partitions
            }

    async def prepare(self, topics: Sequence[Topic]) -> None:
        async with self._asking() as (admin, _):
            described = await admin.describe_cluster()
            known = set(await admin.list_topics())
            replicas = min(_MOST_REPLICAS, len(described["brokers"]))
            missing = [_new(topic, replicas) for topic in topics if topic.name not in known]
            if missing:
                _require(await admin.create_topics(missing))
            if there := {topic.name: _configuration(topic) for topic in topics if topic.name in known}:
                await alter_topics(admin, there)

    async def rewind(self, group: str, topics: Sequence[str]) -> None:
        async with self._asking() as (admin, reader):
            partitions = await _partitions(admin, topics)
            begins = await reader.beginning_offsets(partitions) if partitions else {}
        mover = AIOKafkaConsumer(**self._cluster.options(), group_id=group, enable_auto_commit=False)
        try:
            await mover.start()
            mover.assign(list(begins))
            if begins:
                async with asyncio.timeout(REQUEST_SECONDS):
                    await commit_as(NOBODY, mover, begins)
        except CommitFailedError as error:
            raise GroupBusy(f"The group {group} has members; stop them first.") from error
        finally:
            await close_consumer(mover)

    async def close(self) -> None:
        admin, reader, self._admin, self._reader = self._admin, self._reader, None, None
        if admin is not None:
            await admin.close()
        if reader is not None:
            await close_consumer(reader)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[tuple[AIOKafkaAdminClient, AIOKafkaConsumer]]:
        async with self._turn:
            try:
                yield await self._opened()
            except BaseException:  # a cancelled question leaves clients half open
                await self.close()
                raise

    async def _opened(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._admin is None or self._reader is None:
            options = self._cluster.options()
            self._admin, self._reader = AIOKafkaAdminClient(**options), AIOKafkaConsumer(**options)
            await self._admin.start()
            await self._reader.start()
        return self._admin, self._reader


async def _partitions(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> list[TopicPartition]:
    """List the partitions of those topics that are there."""
    known = set(await admin.list_topics())
    wanted = [topic for topic in topics if topic in known]
    described = await admin.describe_topics(wanted) if wanted else []
    return [TopicPartition(each["topic"], part["partition"]) for each in described for part in each["partitions"]]


async def _committed(
    admin: AIOKafkaAdminClient, group: str, partitions: Sequence[TopicPartition]
) -> Mapping[TopicPartition, int]:
    """Read where a group has got to, -1 where nowhere yet, once somebody keeps that. Raises TimeoutError."""
    async with asyncio.timeout(REQUEST_SECONDS):
        while True:
            with suppress(*_COORDINATOR_MOVES):
                found = await admin.list_consumer_group_offsets(group, partitions=list(partitions))
                if found.keys() >= set(partitions):  # a coordinator still loading names none of them
                    return {partition: at.offset for partition, at in found.items()}
            await asyncio.sleep(_COORDINATOR_PAUSE_SECONDS)


def _new(topic: Topic, replicas: int) -> NewTopic:
    return NewTopic(topic.name, topic.partitions, replicas, topic_configs=_configuration(topic))


def _configuration(topic: Topic) -> dict[str, str]:
    return {
        "cleanup.policy": "compact,delete" if topic.compacted else "delete",
        "retention.ms": _milliseconds(topic.retention_days),
        "segment.ms": _milliseconds(SEGMENT_DAYS),
        "message.timestamp.type": "LogAppendTime",  # not by the clock of whoever writes, which may be wrong
        "max.message.bytes": str(2 * MAX_MESSAGE_BYTES),
    }


def _milliseconds(days: int) -> str:
    return str(round(timedelta(days=days).total_seconds() * 1000))


def _require(answer: object) -> None:
    """Raise what a broker answered, but for a topic that somebody else has made meanwhile."""
    for _, code, *_rest in answer.topic_errors:  # type: ignore[attr-defined]  # whichever version was spoken
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error
