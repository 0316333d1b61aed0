"""The load: senders of observations and whoever changes rules, targets and people, all at once until told to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from tests.faults.chance import chances
from tests.faults.client import GivenUp, Json, Refuted
from tests.faults.commands import Commands
from tests.faults.company import SOURCES, Company
from tests.faults.ledger import Ledger
from tests.faults.narrator import Narrator

LINK_EVERY = 25
"""Batches after which a sender has one of its unknown codes linked."""
THINK_SECONDS = (0.0, 0.25)
"""Between two batches of a sender, so that there is load and no backlog that grows for ever."""
UNLINKED = 2
"""Codes a sender leaves unknown for ever; what names them must never count."""


@dataclass
class Load:
    """Runs as tasks; the first error of any of them ends the load and is raised by `finish`."""

    company: Company
    ledger: Ledger
    commands: Commands
    seed: str
    senders: int
    batch: int
    """Items of a batch at most."""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _narrators: list[Narrator] = field(default_factory=list)

    def start(self) -> None:
        settled = frozenset(self.ledger.employees)
        for at in range(self.senders):
            source = SOURCES[at % len(SOURCES)]
            own = chances(self.seed, f"sender {at}")
            narrator = Narrator(self.ledger, source=source, name=f"s{at}", random=own)
            narrator.settled = settled
            self._narrators.append(narrator)
            self._tasks.append(asyncio.create_task(self._send(narrator, source, own)))
        for change, pause in self.commands.kinds().items():
            self._tasks.append(asyncio.create_task(self._repeat(change, pause)))

    async def until_broken(self) -> None:
        """Wait for the first error of anybody, and raise it."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def close_the_earlier_cycle(self) -> None:
        """Close it; afterwards the senders bring late observations for it too."""
        await self.commands.close_the_earlier_cycle()
        for narrator in self._narrators:
            narrator.closed = True

    async def stop(self, *, seconds: float) -> None:
        """Let everybody finish what is on its way. Raises Refuted, also where a call is not answered in time."""
        self._over.set()
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*self._tasks)
        except TimeoutError:
            raise Refuted(f"calls were not answered within {seconds:g} s of the last fault") from None

    async def abandon(self) -> None:
        """End everybody at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, narrator: Narrator, source: str, own: Random) -> None:
        sent = 0
        while not self._over.is_set():
            batch = narrator.compose(own.randint(1, self.batch))
            body: Json = {"source": source, "items": batch.items}
            try:
                answer = await self.company.systems[source].call("POST", "/v1/observations", json=body)
            except GivenUp as given_up:
                self.ledger.unknown_outcomes.append(str(given_up))
                return
            narrator.judge(batch, [item["status"] for item in answer.body["items"]], unanswered=answer.unanswered)
            for record_id, revision, _ in batch.sayings:
                self.ledger.acknowledge(record_id, revision)
            self.ledger.messages += len(batch.items)
            sent += 1
            await asyncio.sleep(own.uniform(*THINK_SECONDS))
            if sent % LINK_EVERY == 0 and len(narrator.unlinked) > UNLINKED:
                await self.commands.link_a_code(narrator, source)

    async def _repeat(self, change: Callable[[], Awaitable[None]], pause: float) -> None:
        own = chances(self.seed, f"pauses of {change.__name__}")
        while not self._over.is_set():
            try:
                await change()
            except GivenUp as given_up:
                self.ledger.unknown_outcomes.append(str(given_up))
                return
            try:
                await asyncio.wait_for(self._over.wait(), pause * own.uniform(0.5, 1.5))
            except TimeoutError:
                continue
