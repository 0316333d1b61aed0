"""Dead letters as operators deal with them: look, send again, or put away."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.contracts.topics import DEAD_LETTER_TOPICS
from shared.kit.bus.port import Batch, Bus
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


class Letterbox:
    """All dead-letter topics of one bus."""

    def __init__(self, bus: Bus, *, topics: Sequence[str] = _ALL, patience: float = PATIENCE_SECONDS) -> None:
        self._bus = bus
        self._topics = topics
        self._patience = patience

    async def all(self) -> AsyncIterator[Filed]:
        """Read every letter that is still kept, topic by topic, oldest first."""
        ends = (await self._bus.extent(self._topics)).ends
        lag = await self._bus.lag(group=GROUP, topics=self._topics)
        async for batch in self._bus.read(self._topics):
            partition = (batch.topic, batch.partition)
            dealt_with = ends.get(partition, 0) - lag.get(partition, 0)
            for ordinal, message in enumerate(batch.messages):
                yield Filed(Letter.read(message), pending=batch.offset_of(ordinal) >= dealt_with)

    async def send_again(self, wanted: Callable[[Letter], bool]) -> int:
        """Publish letters once more where they came from, pending or not; gives how many.

        Whoever has handled an event knows it and does nothing; the group that failed tries again.
        """
        letters = [filed.letter async for filed in self.all() if wanted(filed.letter)]
        for start in range(0, len(letters), _AT_ONCE):
            await self._bus.publish([letter.message for letter in letters[start : start + _AT_ONCE]])
        return len(letters)

    async def send_all_again(self) -> int:
        """Publish every pending letter once more, and call it dealt with; gives how many."""

        async def send(batch: Batch) -> None:
            await self._bus.publish([Letter.read(message).message for message in batch.messages])

        return await self._deal(send)

    async def put_away(self) -> int:
        """Call every pending letter dealt with; gives how many. They stay readable for as long as they are kept."""

        async def nothing(_: Batch) -> None:
            """Leave the letters where they are."""

        return await self._deal(nothing)

    async def _deal(self, act: Callable[[Batch], Awaitable[None]]) -> int:
        """Go through what is pending, until nothing is or nothing more comes: it may have been erased meanwhile."""
        dealt, until = 0, time.monotonic() + self._patience
        async with self._bus.subscribe(group=GROUP, topics=self._topics) as subscription:
            while time.monotonic() < until and any((await self._bus.lag(group=GROUP, topics=self._topics)).values()):
                for batch in await subscription.fetch(max_messages=_AT_ONCE, max_wait=min(1.0, self._patience)):
                    await act(batch)
                    await subscription.commit(batch)
                    dealt, until = dealt + len(batch.messages), time.monotonic() + self._patience
        return dealt
