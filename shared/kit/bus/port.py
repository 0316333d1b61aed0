"""What a bus is: partitioned logs, groups of consumers, offsets moved by hand; one contract suite tests them all."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

import msgspec

from shared.contracts.topics import Topic

Partition = tuple[str, int]
"""A topic and the number of one of its partitions."""
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""The largest value a bus must carry; whoever writes events stays below it."""


class Message(msgspec.Struct, frozen=True):
    """Bytes for a topic; messages of one key keep their order.

    A structure, since everything that travels is made into one: a frozen dataclass takes eight times as long to make.
    """

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message was appended; the offset is -1 where the bus only knows that it was."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a log reaches."""

    log_id: str
    """Another one means another log, in which nothing is that was published before."""
    ends: Mapping[Partition, int]
    """The offset that the next message of each partition will get; a topic that is missing has none."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages next in line of one partition, the first of which has offset `first_offset`."""

    topic: str
    partition: int
    first_offset: int
    next_offset: int
    """Where the group goes on once this batch is done."""
    messages: tuple[Message, ...]
    offsets: tuple[int, ...] = ()
    """Each message's own, where they do not simply follow each other."""

    def offset_of(self, ordinal: int) -> int:
        return self.offsets[ordinal] if self.offsets else self.first_offset + ordinal


class Fenced(Exception):
    """Another member has taken over; what this one has not committed belongs to the other."""


class GroupBusy(Exception):
    """The group has members, so that nobody else may move it."""


class Subscription(Protocol):
    async def fetch(self, *, max_messages: int, max_wait: float) -> list[Batch]:
        """Wait up to `max_wait` seconds for messages; an empty list where none came or another member is active.

        At most one batch a partition, of up to `max_messages` each. What an earlier fetch gave and nobody committed
        comes again.
        """
        ...

    async def commit(self, batch: Batch) -> None:
        """Move the group past a batch.

        Raises Fenced where somebody else has moved it meanwhile, or may have; what says that the bus is away, where the
        topic is gone.
        """
        ...


class Bus(Protocol):
    async def prepare(self, topics: Sequence[Topic]) -> None:
        """Create what is missing of these topics, and let those that are there keep for as long as they say."""
        ...

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        """Append durably and tell where, or raise and have appended any part: delivery is at least once."""
        ...

    def subscribe(self, *, group: str, topics: Sequence[str]) -> AbstractAsyncContextManager[Subscription]:
        """Join a group; a new group starts at the beginning of each topic."""
        ...

    def read(self, topics: Sequence[str]) -> AsyncIterator[Batch]:
        """Read all that lies there now as member of no group, each partition from its oldest message on."""
        ...

    async def extent(self, topics: Sequence[str]) -> Extent:
        """Tell which log this is and how far it reaches."""
        ...

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[Partition, int]:
        """Count the messages a group has yet to commit, by partition."""
        ...

    async def rewind(self, *, group: str, topics: Sequence[str]) -> None:
        """Let a group begin again at the oldest message of each topic that is there.

        Raises GroupBusy while it has members; what says that the bus is away, where a topic goes meanwhile.
        """
        ...

    async def close(self) -> None: ...
