"""Membership in a group: batches by partition, offsets committed by hand, and a clean hand-over when others come."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from functools import lru_cache

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord

from shared.kit.bus.kafka.closing import close_consumer
from shared.kit.bus.kafka.cluster import Cluster
from shared.kit.bus.kafka.committing import NOBODY, commit_as, membership_of
from shared.kit.bus.kafka.unreadable import next_of, next_of_each
from shared.kit.bus.port import MAX_MESSAGE_BYTES, Batch, Extent, Fenced, Message, Partition

HAND_OVER_SECONDS = 10
"""What the batches in hand get to be committed before their partitions go to another member."""
SESSION_SECONDS = 15
"""After this long without a sign of life a member's partitions go to others."""
COMMIT_SECONDS = 60
"""After this long a commit is given up."""
_LONGEST_BATCH_SECONDS = 600
_AT_ONCE = 4
"""Partitions of which messages are given at once, where as many have any."""
_READ_AT_ONCE = 500
_AHEAD_BYTES = 2 * MAX_MESSAGE_BYTES
"""What is fetched ahead of a partition's next batch; more waits at the broker."""


def open_consumer(cluster: Cluster, *, group: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **cluster.options(),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=SESSION_SECONDS * 1000,
        heartbeat_interval_ms=SESSION_SECONDS * 1000 // 5,
        rebalance_timeout_ms=(HAND_OVER_SECONDS + SESSION_SECONDS) * 1000,
        max_poll_interval_ms=_LONGEST_BATCH_SECONDS * 1000,
        max_partition_fetch_bytes=_AHEAD_BYTES,
        fetch_max_bytes=2 * _AHEAD_BYTES,
        fetch_max_wait_ms=500,
    )


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """One member's view; what it was given and has not committed is `in hand`."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._in_hand: dict[Partition, Batch] = {}
        self._member = NOBODY
        """Whoever this was in the group when it fetched what is in hand."""
        self._idle = asyncio.Event()
        self._idle.set()

    async def fetch(self, *, max_messages: int, max_wait: float) -> list[Batch]:
        self._put_back()
        try:
            found = await self._some(max_messages, max_wait)
        except UnicodeDecodeError:
            self._member = membership_of(self._consumer)
            found = await next_of_each(self._consumer, at_most=max_messages)
        batches = [_batch(partition, records) for partition, records in found.items() if records]
        self._in_hand = {(batch.topic, batch.partition): batch for batch in batches}
        if batches:
            self._idle.clear()
        return batches

    async def commit(self, batch: Batch) -> None:
        partition = (batch.topic, batch.partition)
        if self._in_hand.get(partition) is not batch or self._member == NOBODY:
            raise Fenced(f"{batch.topic}/{batch.partition} is another member's now")
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await commit_as(self._member, self._consumer, {TopicPartition(*partition): batch.next_offset})
        except CommitFailedError as error:
            raise Fenced(f"{batch.topic}/{batch.partition} was taken over by another member") from error
        self._let_go([partition])

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Wait until what is in hand is committed; what takes too long is given up and comes again elsewhere."""
        if not revoked:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), HAND_OVER_SECONDS)
        self.give_up()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Need nothing: positions follow from what the group has committed."""

    def give_up(self) -> None:
        self._let_go(list(self._in_hand))

    async def _some(self, max_messages: int, max_wait: float) -> Mapping[TopicPartition, list[ConsumerRecord]]:
        """Take what has come, of several partitions where several have something."""
        found = await self._next(max_messages, max_wait)
        self._member = membership_of(self._consumer)
        while found and len(found) < _AT_ONCE and (others := self._consumer.assignment() - found.keys()):
            if not (more := await self._next(max_messages, 0, *others)):
                break
            found |= more
        return found

    async def _next(
        self, max_messages: int, max_wait: float, *among: TopicPartition
    ) -> dict[TopicPartition, list[ConsumerRecord]]:
        try:
            found: dict[TopicPartition, list[ConsumerRecord]] = await self._consumer.getmany(
                *among, timeout_ms=round(max_wait * 1000), max_records=max_messages
            )
        except KafkaError:
            raise
        except RuntimeError as error:  # the event loop's own word for a transport that was closed under aiokafka
            raise ConnectionError("the connection to the broker was closed") from error
        return found

    def _put_back(self) -> None:
        """Let what was not committed come again."""
        for partition, batch in self._in_hand.items():
            with suppress(IllegalStateError):  # it is another member's by now
                self._consumer.seek(TopicPartition(*partition), batch.first_offset)
        self.give_up()

    def _let_go(self, partitions: Collection[Partition]) -> None:
        for partition in partitions:
            self._in_hand.pop(partition, None)
        if not self._in_hand:
            self._idle.set()


async def read_all(cluster: Cluster, extent: Extent) -> AsyncIterator[Batch]:
    """Read what lies below the ends of `extent`, without a group."""
    left = {TopicPartition(*partition): end for partition, end in extent.ends.items()}
    reader = AIOKafkaConsumer(**cluster.options(), auto_offset_reset="earliest")
    await reader.start()
    try:
        reader.assign(list(left))
        for place, end in left.items():
            while (at := await reader.position(place)) < end:
                records = await next_of(reader, place, at, at_most=_READ_AT_ONCE)
                if below := [record for record in records if record.offset < end]:
                    yield _batch(place, below)
    finally:
        await close_consumer(reader)


def _batch(partition: TopicPartition, records: list[ConsumerRecord]) -> Batch:
    return Batch(
        topic=partition.topic,
        partition=partition.partition,
        first_offset=records[0].offset,
        next_offset=records[-1].offset + 1,
        messages=tuple(_message(record) for record in records),
        offsets=tuple(record.offset for record in records),
    )


def _message(record: ConsumerRecord) -> Message:
    """Read a record; a stranger's without key or value, its own or a header's, is a message all the same."""
    key = (record.key or b"").decode("utf-8", "replace")
    return Message(record.topic, key, record.value or b"", _headers(record.headers))


@lru_cache(maxsize=256)
def _headers(raw: tuple[tuple[str, bytes | None], ...]) -> tuple[tuple[str, str], ...]:
    """Remember what has been read: nearly all messages say the same."""
    return tuple((name, (value or b"").decode("utf-8", "replace")) for name, value in raw)
