"""What a bus is: partitioned logs, groups of consumers, offsets moved by hand; one contract suite tests them all."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes for a topic; messages of one key keep their order."""

    topic: str
    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages next in line of one partition, the first of which has offset `first_offset`."""

    topic: str
    partition: int
    first_offset: int
    next_offset: int
    """Where the group goes on once this batch is done."""
    messages: tuple[Message, ...]


class Fenced(Exception):
    """Another member has taken over; what this one has not committed belongs to the other."""


class Subscription(Protocol):
    async def fetch(self, *, max_messages: int, max_wait: float) -> list[Batch]:
        """Wait up to `max_wait` seconds for messages; an empty list where none came or another member is active."""
        ...

    async def commit(self, batch: Batch) -> None:
        """Move the group past a batch. Raises Fenced where somebody else has moved it meanwhile."""
        ...


class Bus(Protocol):
    async def publish(self, messages: Sequence[Message]) -> None:
        """Append durably, or raise and have appended any part: delivery is at least once."""
        ...

    def subscribe(self, *, group: str, topics: Sequence[str]) -> AbstractAsyncContextManager[Subscription]:
        """Join a group; a new group starts at the beginning of each topic."""
        ...

    async def lag(self, *, group: str, topics: Sequence[str]) -> int:
        """Count the messages a group has yet to commit."""
        ...

    async def close(self) -> None: ...
