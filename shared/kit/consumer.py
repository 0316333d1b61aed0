"""The consumer: one group of one service, which moves its offsets only after what they stand for is committed."""

import asyncio
import random
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import Any, Generic

from sqlalchemy import text

from shared.contracts.topics import TENANCY
from shared.kit.bus.port import Batch, Bus, Fenced, Subscription
from shared.kit.faults import is_outage
from shared.kit.inbox import RETRY_DELAYS, Inbox, NotYet
from shared.kit.log import get_logger
from shared.kit.subscriptions import Subscriptions
from shared.kit.unit_of_work import U, Works

_FORGET = text("DELETE FROM inbox WHERE received_at < clock_timestamp() - make_interval(days => :days)")

KEEP_DAYS = 35
"""Inbox rows outlive every row of an outbox and every message of a topic."""
PATIENCE_SECONDS = 30.0
"""How long a batch that needs something which has not arrived is put off before it goes to the dead letters."""
_LONGEST_PAUSE = 10.0
_PUT_OFF_SECONDS = 0.5


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
    ) -> None:
        self.group = group
        self.topics = subscriptions.topics
        self._bus = bus
        self._works = works
        self._inbox = Inbox(works, subscriptions, group=group, retry_delays=retry_delays)
        self._max_messages = max_messages
        self._patience = patience
        self._put_off: dict[tuple[str, int, int], float] = {}
        self._log = get_logger(__name__).bind(group=group)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; then finish the batch in hand, commit it and leave the group."""
        async with self._bus.subscribe(group=self.group, topics=self.topics) as subscription:
            while not stop.is_set():
                batches = await subscription.fetch(max_messages=self._max_messages, max_wait=0.5)
                await self._settle_all(subscription, batches, stop)

    async def process(self, batch: Batch) -> None:
        """Apply one batch. Raises NotYet, and whatever says that the database is away."""
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
        settled = [
            await _each(self._settle(subscription, batch, stop) for batch in wave) for wave in (news, others) if wave
        ]
        if not all(settled):
            await _pause(stop, _PUT_OFF_SECONDS)

    async def _settle(self, subscription: Subscription, batch: Batch, stop: asyncio.Event) -> bool:
        """Apply a batch and move past it, unless told to stop; tells whether it need not be put off."""
        try:
            if await self._outlast(batch, stop):
                self._put_off.pop(_place_of(batch), None)
                await subscription.commit(batch)
        except NotYet as missing:
            self._note_put_off(batch, missing)
            return False
        except Fenced as fenced:
            self._log.info("group.fenced", reason=str(fenced))
        return True

    async def _outlast(self, batch: Batch, stop: asyncio.Event) -> bool:
        """Apply a batch however long the database stays away; tells whether that was done before being told to stop."""
        pause = 0.1
        while not stop.is_set():
            try:
                await self.process(batch)
            except Exception as error:
                if not is_outage(error):
                    raise
                self._log.warning("events.waiting", events=len(batch.messages), reason=type(error).__name__)
                await _pause(stop, pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                return True
        return False

    def _note_put_off(self, batch: Batch, missing: NotYet) -> None:
        place = _place_of(batch)
        if place not in self._put_off:
            self._put_off[place] = asyncio.get_running_loop().time()
            self._log.warning("events.put_off", topic=batch.topic, partition=batch.partition, reason=str(missing))

    def _is_out_of_patience(self, batch: Batch) -> bool:
        since = self._put_off.get(_place_of(batch))
        return since is not None and asyncio.get_running_loop().time() - since > self._patience


async def _each(settling: Iterable[Coroutine[Any, Any, bool]]) -> bool:
    """Let every one come to its end, then raise what kept one from it; tells whether all say so."""
    outcomes = await asyncio.gather(*settling, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return all(outcomes)


def _place_of(batch: Batch) -> tuple[str, int, int]:
    return batch.topic, batch.partition, batch.first_offset


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
