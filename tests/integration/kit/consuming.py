"""What tests of the consumer share: a handler that fails as told, a bus that gives what it was given, and messages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text

from shared.contracts.envelope import Event, EventData
from shared.contracts.work import Work
from shared.core.clock import SystemClock
from shared.core.ids import Uuid7
from shared.kit.bus.port import Batch, Fenced, Message, Subscription
from shared.kit.consumer import Consumer
from shared.kit.outbox import enclose, message_of
from shared.kit.unit_of_work import UnitOfWork
from tests.integration.kit.recording import NoteTaken

Make = Callable[..., Consumer[UnitOfWork]]
_ids = Uuid7()


async def first_batches(subscription: Subscription) -> list[Batch]:
    """Fetch until something comes."""
    while not (batches := await subscription.fetch(max_messages=10, max_wait=1)):
        pass
    return batches


@dataclass
class Notes:
    """Writes each note down; poisonous ones fail after their effect, slow ones wait, others fail as often as told."""

    failing: list[Exception] = field(default_factory=list)
    tries: int = 0
    slow: asyncio.Event = field(default_factory=asyncio.Event)
    pause: float = 0.0
    """Seconds each event takes before it is applied or fails."""

    async def __call__(self, events: Sequence[Event[NoteTaken]], work: Work[UnitOfWork]) -> None:
        self.tries += 1
        async with work() as uow:
            for event in events:
                await asyncio.sleep(self.pause)
                effect = {"id": event.id, "note": event.data.note}
                await uow.tx.execute(text("INSERT INTO effects VALUES (:id, :note)"), effect)
                if event.data.note == "poison":
                    raise ValueError("this one cannot be applied")
                if event.data.note == "slow":
                    await self.slow.wait()
            if self.failing:
                raise self.failing.pop()
            await uow.commit()


@dataclass
class ScriptedBus:
    """Gives the beginnings of batches as they are put, again and again until they are committed."""

    waiting: list[Batch] = field(default_factory=list)
    committed: list[Batch] = field(default_factory=list)
    fenced: bool = False
    broken: bool = False

    @asynccontextmanager
    async def subscribe(self, **_: object) -> AsyncIterator["ScriptedBus"]:
        yield self

    async def fetch(self, *, max_messages: int, **_: object) -> list[Batch]:
        if not self.waiting:
            await asyncio.sleep(0.01)
        return [_part(whole, 0, max_messages) for whole in self.waiting]

    async def commit(self, batch: Batch) -> None:
        if self.fenced:
            self.fenced = False
            raise Fenced("another member has it")
        if self.broken:
            self.broken = False
            raise ConnectionError("the broker is away")
        at = [whole.first_offset for whole in self.waiting].index(batch.first_offset)
        rest = _part(self.waiting[at], len(batch.messages), None)
        self.waiting[at : at + 1] = [rest] if rest.messages else []
        self.committed.append(batch)


def _part(whole: Batch, start: int, end: int | None) -> Batch:
    messages, first = whole.messages[start:end], whole.first_offset + start
    return Batch(whole.topic, whole.partition, first, first + len(messages), messages)


@asynccontextmanager
async def running(consumer: Consumer[UnitOfWork]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(consumer.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


def message(tenant_id: UUID, event: EventData) -> Message:
    return message_of(enclose(event, source="test", tenant_id=tenant_id, at=SystemClock().now(), ids=_ids))


def noted(tenant_id: UUID, *notes: str) -> list[Message]:
    return [message(tenant_id, NoteTaken(about="one", note=note)) for note in notes]


def batch(messages: Sequence[Message], *, topic: str = NoteTaken.topic.name, first: int = 0) -> Batch:
    return Batch(topic, 0, first, first + len(messages), tuple(messages))


def holds(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        return condition()

    return answer
