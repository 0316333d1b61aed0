"""Members of a Kafka group hand partitions over: what is in hand is committed first, or given up and not lost."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from shared.contracts.topics import Topic
from shared.kit.bus.kafka import consuming
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.kafka.consuming import KafkaSubscription
from shared.kit.bus.port import Batch, Fenced, Message
from tests.factories.waiting import DEADLINE_SECONDS, eventually

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka")]
PARTITIONS = 4
MESSAGES = 40


@pytest.fixture
def bus(kafka: KafkaBus) -> KafkaBus:
    return kafka


@pytest.fixture
async def topic(bus: KafkaBus) -> str:
    """Give a topic with messages in each of its partitions."""
    name = f"test.{uuid.uuid4().hex}"
    await bus.prepare([Topic(name, partitions=PARTITIONS, retention_days=1)])
    await bus.publish([Message(name, f"k{number}", str(number).encode()) for number in range(MESSAGES)])
    return name


@pytest.fixture
def group() -> str:
    return f"group-{uuid.uuid4().hex}"


@pytest.fixture
def revoking(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Give an event that is set once partitions that somebody holds are to be handed over."""
    begun, revoke = asyncio.Event(), KafkaSubscription.on_partitions_revoked

    async def noted(subscription: KafkaSubscription, revoked: Collection[object]) -> None:
        if revoked:
            begun.set()
        await revoke(subscription, revoked)

    monkeypatch.setattr(KafkaSubscription, "on_partitions_revoked", noted)
    return begun


def values(batches: Sequence[Batch]) -> list[int]:
    return [int(message.value) for batch in batches for message in batch.messages]


async def held(member: KafkaSubscription) -> list[Batch]:
    """Fetch until something came."""
    batches: list[Batch] = []

    async def came() -> bool:
        batches.extend(await member.fetch(max_messages=2, max_wait=0.2))
        return bool(batches)

    await eventually(came)
    return batches


@asynccontextmanager
async def joined(bus: KafkaBus, group: str, topic: str) -> AsyncIterator[list[int]]:
    """Let another member join, fetch and commit meanwhile; gives what it has committed."""
    committed: list[int] = []

    async def consume() -> None:
        async with bus.subscribe(group=group, topics=[topic]) as member:
            while True:
                for batch in await member.fetch(max_messages=2, max_wait=0.2):
                    await member.commit(batch)
                    committed.extend(values([batch]))

    task = asyncio.create_task(consume())
    try:
        yield committed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def counts(seen: Collection[int], least: int) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        return len(seen) >= least

    return answer


async def test_what_is_in_hand_is_committed_before_its_partition_goes(
    bus: KafkaBus, topic: str, group: str, revoking: asyncio.Event
) -> None:
    async with bus.subscribe(group=group, topics=[topic]) as first:
        batches = await held(first)
        async with joined(bus, group, topic) as others:
            await asyncio.wait_for(revoking.wait(), DEADLINE_SECONDS)
            assert others == []
            for batch in batches:
                await first.commit(batch)
            await eventually(counts(others, 1))
            own = values(batches)

            async def all_came() -> bool:
                for batch in await first.fetch(max_messages=2, max_wait=0.1):
                    await first.commit(batch)
                    own.extend(values([batch]))
                return len(own) + len(others) >= MESSAGES

            await eventually(all_came)
            assert sorted(own + others) == list(range(MESSAGES))


async def test_what_is_not_committed_in_time_is_given_up_and_comes_again_elsewhere(
    *, bus: KafkaBus, topic: str, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming, "HAND_OVER_SECONDS", 1)
    async with AsyncExitStack() as stack:
        async with bus.subscribe(group=group, topics=[topic]) as first:
            batches = await held(first)
            others = await stack.enter_async_context(joined(bus, group, topic))
            await eventually(counts(others, 1))
            for batch in batches:
                with pytest.raises(Fenced):
                    await first.commit(batch)
        await eventually(counts(others, MESSAGES))
        assert sorted(others) == list(range(MESSAGES))
