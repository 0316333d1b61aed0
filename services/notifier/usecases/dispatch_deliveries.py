"""The dispatcher: claim, send, record, without a transaction open across the network."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.notifier.domain.delivery import RETRY_SCHEDULE, Outcome, Parcel
from services.notifier.usecases.disable_webhook import disable_webhook
from services.notifier.usecases.ports import Bell, Courier, DeliveryQueue, Work
from services.notifier.usecases.send_delivery import send_delivery
from shared.core.clock import Clock


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a dispatcher does at a time, and how long it waits."""

    room: int = 128
    """Deliveries in flight."""
    slots: int = 16
    """Of these, for any one endpoint; so a hanging endpoint takes no more than its own lane."""
    lease: timedelta = timedelta(seconds=20)
    """Longer than an attempt can take and be recorded; then another dispatcher may try."""
    poll: timedelta = timedelta(seconds=1)
    """When to look for due retries and lost leases without being rung for."""
    drain: timedelta = timedelta(seconds=10)
    """What is being sent when told to stop gets this long to arrive."""


class Dispatcher:
    """One process's dispatcher; any number may run side by side."""

    def __init__(
        self,
        queue: DeliveryQueue,
        courier: Courier,
        works: Callable[[UUID], Work],
        *,
        clock: Clock,
        schedule: Sequence[timedelta] = RETRY_SCHEDULE,
        limits: Limits = Limits(),
        spread: Callable[[], float] = lambda: random.uniform(-1, 1),  # noqa: S311 -- jitter, not a secret
    ) -> None:
        self._queue = queue
        self._courier = courier
        self._works = works
        self._clock = clock
        self._schedule = schedule
        self._limits = limits
        self._spread = spread
        self._sending: dict[asyncio.Task[Outcome], Parcel] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Dispatch until told to stop, then wind down; an error ends the run, and leases see to what was in flight."""
        async with self._queue.listen() as bell:
            stopping = asyncio.create_task(stop.wait())
            stopping.add_done_callback(bell.ring)
            try:
                while not stop.is_set():
                    if not await self._turn(bell):
                        await bell.wait(seconds=self._limits.poll.total_seconds())
            finally:
                stopping.cancel()
                await self._wind_down()

    async def _turn(self, bell: Bell) -> bool:
        """Record what has finished, start what fits; tells whether anything was started."""
        await self._record([task for task in self._sending if task.done()])
        room = self._limits.room - len(self._sending)
        if not room:
            return False
        parcels = await self._queue.claim(room=room, slots=self._limits.slots, lease=self._limits.lease)
        for parcel in parcels:
            task = asyncio.create_task(self._send(parcel))
            task.add_done_callback(bell.ring)
            self._sending[task] = parcel
        return bool(parcels)

    async def _send(self, parcel: Parcel) -> Outcome:
        return await send_delivery(
            parcel, self._courier, clock=self._clock, schedule=self._schedule, spread=self._spread
        )

    async def _record(self, finished: Sequence[asyncio.Task[Outcome]]) -> None:
        outcomes = [task.result() for task in finished]
        for outcome in outcomes:
            if outcome.endpoint_gone:
                work = self._works(outcome.parcel.tenant_id)
                await disable_webhook(work, outcome.parcel.endpoint_id, reason="gone")
        await self._queue.settle(outcomes)
        for task in finished:
            del self._sending[task]

    async def _wind_down(self) -> None:
        """Let what is being sent arrive, record it, and give the rest back at once."""
        if not self._sending:
            return
        finished, unfinished = await asyncio.wait(self._sending, timeout=self._limits.drain.total_seconds())
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        await self._queue.release([self._sending[task] for task in unfinished])
        await self._record([task for task in finished if task.exception() is None])
