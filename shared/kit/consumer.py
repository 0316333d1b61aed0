"""The consumer: one group of one service, which moves its offsets only after what they stand for is committed."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Generic, Literal

from sqlalchemy import text

from shared.contracts.topics import DEAD_LETTER_DAYS, EVENT_TOPICS, SEGMENT_DAYS, TENANCY
from shared.kit.bus.port import Batch, Bus, Fenced, Partition, Subscription
from shared.kit.faults import is_outage, name_of
from shared.kit.inbox import RETRY_DELAYS, TURN_SECONDS, Inbox, NotYet, Unfinished
from shared.kit.log import get_logger
from shared.kit.relay import KEEP_DAYS as OUTBOX_DAYS
from shared.kit.subscriptions import Subscriptions
from shared.kit.unit_of_work import U, Works

_FORGET = text("DELETE FROM inbox WHERE received_at < clock_timestamp() - make_interval(days => :days)")

_IN_TOPIC_DAYS = max(topic.retention_days for topic in EVENT_TOPICS) + SEGMENT_DAYS
_AS_LETTER_DAYS = DEAD_LETTER_DAYS + (DEAD_LETTER_DAYS + SEGMENT_DAYS)
KEEP_DAYS = OUTBOX_DAYS + _IN_TOPIC_DAYS + _AS_LETTER_DAYS + _IN_TOPIC_DAYS
"""Inbox rows outlive the longest way of an event whose broker loses its disk whenever that is worst.

It lies in the outbox and then in its topic, where another group gives it up in the end; as a letter once more in an
outbox, then in the topic of letters; sent again, in its topic.
"""
PATIENCE_SECONDS = 30.0
"""How long a batch that needs something which has not arrived is put off before it goes to the dead letters."""
_LONGEST_PAUSE = 10.0
_PUT_OFF_SECONDS = 0.5
_SHARE = 8
"""Where a batch does not come to its end, so many times fewer messages are taken at once."""
_Fate = Literal["settled", "put off", "unfinished"]


class Consumer(Generic[U]):
    """A member of the group named after its service. Copies of tenants are kept for every service that consumes."""

    def __init__(
        self,
        bus: Bus,
        works: Works[U],
        subscriptions: Subscriptions,
        *,
        group: str,
        max_messages: int = 500,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        patience: float = PATIENCE_SECONDS,
        turn: float = TURN_SECONDS,
    ) -> None:
        self.group = group
        self.topics = subscriptions.topics
        self._bus = bus
        self._works = works
        self._inbox = Inbox(works, subscriptions, group=group, retry_delays=retry_delays, turn=turn)
        self._max_messages = max_messages
        self._at_once = max_messages
        self._patience = patience
        self._put_off: dict[Partition, tuple[int, float]] = {}
        self._log = get_logger(__name__).bind(group=group)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; then finish the batch in hand, commit it and leave the group."""
        async with self._bus.subscribe(group=self.group, topics=self.topics) as subscription:
            while not stop.is_set():
                batches = await subscription.fetch(max_messages=self._at_once, max_wait=0.5)
                await self._settle_all(subscription, batches, stop)

    async def process(self, batch: Batch) -> None:
        """Apply one batch. Raises NotYet, Unfinished, and whatever says that the database is away."""
        await self._inbox.take(batch, patient=not self._is_out_of_patience(batch))

    async def forget(self) -> None:
        """Delete inbox rows older than anything that could still be delivered."""
        async with self._works.database.transaction() as tx:
            await tx.execute(_FORGET, {"days": KEEP_DAYS})
            await tx.commit()

    async def _settle_all(self, subscription: Subscription, batches: Sequence[Batch], stop: asyncio.Event) -> None:
        """Settle news of tenants first, since everything else may need them, then the partitions side by side."""
        news = [batch for batch in batches if batch.topic == TENANCY.name]
        others = [batch for batch in batches if batch.topic != TENANCY.name]
        fates = {fate for wave in (news, others) for fate in await self._settle_each(subscription, wave, stop)}
        if "unfinished" in fates:
            self._at_once = max(1, self._at_once // _SHARE)
        else:
            self._at_once = min(self._max_messages, self._at_once * 2)
        if "put off" in fates:
            await _pause(stop, _PUT_OFF_SECONDS)

    async def _settle_each(
        self, subscription: Subscription, batches: Sequence[Batch], stop: asyncio.Event
    ) -> Sequence[_Fate]:
        """Let every one come to its end, then raise what kept one from it."""
        settling = (self._settle(subscription, batch, stop) for batch in batches)
        outcomes = await asyncio.gather(*settling, return_exceptions=True)
        fates: list[_Fate] = []
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            fates.append(outcome)
        return fates

    async def _settle(self, subscription: Subscription, batch: Batch, stop: asyncio.Event) -> _Fate:
        """Apply a batch and move past it, unless told to stop."""
        try:
            if await self._outlast(batch, stop):
                await subscription.commit(batch)
                self._put_off.pop((batch.topic, batch.partition), None)
        except NotYet as missing:
            self._note_put_off(batch, missing)
            return "put off"
        except Unfinished:
            self._log.warning("events.unfinished", topic=batch.topic, events=len(batch.messages))
            return "unfinished"
        except Fenced as fenced:
            self._log.info("group.fenced", reason=str(fenced))
        return "settled"

    async def _outlast(self, batch: Batch, stop: asyncio.Event) -> bool:
        """Apply a batch however long the database stays away; tells whether that was done before being told to stop."""
        pause = 0.1
        while not stop.is_set():
            try:
                await self.process(batch)
            except Exception as error:
                if not is_outage(error):
                    raise
                self._log.warning("events.waiting", events=len(batch.messages), reason=name_of(error))
                await _pause(stop, pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                return True
        return False

    def _note_put_off(self, batch: Batch, missing: NotYet) -> None:
        if self._put_off_since(batch) is None:
            now = asyncio.get_running_loop().time()
            self._put_off[batch.topic, batch.partition] = (batch.first_offset, now)
            self._log.warning("events.put_off", topic=batch.topic, partition=batch.partition, reason=str(missing))

    def _is_out_of_patience(self, batch: Batch) -> bool:
        since = self._put_off_since(batch)
        return since is not None and asyncio.get_running_loop().time() - since > self._patience

    def _put_off_since(self, batch: Batch) -> float | None:
        first_offset, since = self._put_off.get((batch.topic, batch.partition), (None, None))
        return since if first_offset == batch.first_offset else None


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
