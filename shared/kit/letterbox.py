"""Dead letters as operators deal with them: look, send again, or put away."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.topics import DEAD_LETTER_TOPICS
from shared.kit.bus.port import Batch, Bus, Partition
from shared.kit.dead_letters import Letter

GROUP = "dead-letters"
"""The group whose place in a dead-letter topic says how far people have dealt with it."""
PATIENCE_SECONDS = 30.0
"""How long letters that must be there may take to come: a group settles who reads what first."""
_AT_ONCE = 500
_ALL = tuple(topic.name for topic in DEAD_LETTER_TOPICS)


@dataclass(frozen=True, slots=True)
class Filed:
    """A letter, and whether somebody has dealt with it yet."""

    letter: Letter
    pending: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """How far somebody has dealt with letters, and where they end."""

    next: int
    end: int


class Letterbox:
    """All dead-letter topics of one bus."""

    def __init__(self, bus: Bus, *, topics: Sequence[str] = _ALL, patience: float = PATIENCE_SECONDS) -> None:
        self._bus = bus
        self._topics = topics
        self._patience = patience

    async def all(self) -> AsyncIterator[Filed]:
        """Read every letter that is still kept, topic by topic, oldest first."""
        places = await self._places(self._topics)
        async for batch in self._bus.read(self._topics):
            place = places.get((batch.topic, batch.partition))
            for ordinal, message in enumerate(batch.messages):
                pending = place is None or batch.offset_of(ordinal) >= place.next
                yield Filed(Letter.read(message), pending=pending)

    async def send_again(self, wanted: Callable[[Letter], bool]) -> int:
        """Publish letters once more where they came from, pending or not; gives how many.

        Whoever has handled an event knows it and does nothing; the group that failed tries again.
        """
        letters = [filed.letter async for filed in self.all() if wanted(filed.letter)]
        for start in range(0, len(letters), _AT_ONCE):
            await self._bus.publish([letter.message for letter in letters[start : start + _AT_ONCE]])
        return len(letters)

    async def send_all_again(self) -> int:
        """Publish every letter pending now once more, and call it dealt with; gives how many."""

        async def send(batch: Batch) -> None:
            await self._bus.publish([Letter.read(message).message for message in batch.messages])

        return await self._deal(send)

    async def put_away(self) -> int:
        """Call every letter pending now dealt with; gives how many. They stay readable for as long as they are kept."""

        async def nothing(_: Batch) -> None:
            """Leave the letters where they are."""

        return await self._deal(nothing)

    async def _deal(self, act: Callable[[Batch], Awaitable[None]]) -> int:
        """Go through what is pending at first; what comes meanwhile stays so: it may be the same, failed again."""
        places = await self._places(self._topics)
        dealt = 0
        for topic in self._topics:
            until = {part: place.end for part, place in places.items() if part[0] == topic and place.next < place.end}
            if until:
                dealt += await self._deal_until(until, topic, act)
        return dealt

    async def _deal_until(
        self, ends: Mapping[Partition, int], topic: str, act: Callable[[Batch], Awaitable[None]]
    ) -> int:
        """Deal with the letters of a topic below these ends, until all are or no more come."""
        dealt, at_once, give_up_at = 0, _AT_ONCE, time.monotonic() + self._patience
        async with self._bus.subscribe(group=GROUP, topics=[topic]) as subscription:
            while time.monotonic() < give_up_at and await self._are_left(ends, topic):
                for batch in await subscription.fetch(max_messages=at_once, max_wait=min(1.0, self._patience)):
                    below = _count_below(ends.get((batch.topic, batch.partition), 0), batch)
                    if 0 < below < len(batch.messages):
                        at_once = below  # comes again, and no more of it
                    elif below:
                        await act(batch)
                        await subscription.commit(batch)
                        dealt, give_up_at = dealt + below, time.monotonic() + self._patience
        return dealt

    async def _are_left(self, ends: Mapping[Partition, int], topic: str) -> bool:
        """Tell whether letters below these ends are pending; some may have been erased, or dealt with elsewhere."""
        places = await self._places([topic])
        return any(partition in places and places[partition].next < end for partition, end in ends.items())

    async def _places(self, topics: Sequence[str]) -> Mapping[Partition, _Place]:
        ends = (await self._bus.extent(topics)).ends
        lag = await self._bus.lag(group=GROUP, topics=topics)
        return {partition: _Place(end - lag.get(partition, 0), end) for partition, end in ends.items()}


def _count_below(end: int, batch: Batch) -> int:
    return sum(batch.offset_of(ordinal) < end for ordinal in range(len(batch.messages)))
