"""The contract of every bus adapter: order, resumption, groups, take-over, and nothing lost."""

import asyncio
import uuid
from collections.abc import Sequence

import pytest

from shared.kit.bus.port import Batch, Bus, Fenced, Message, Subscription
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio


@pytest.fixture
def topic() -> str:
    return f"test.{uuid.uuid4().hex}"


@pytest.fixture
def group() -> str:
    return f"group-{uuid.uuid4().hex}"


def numbered(topic: str, numbers: Sequence[int], *, key: str = "k") -> list[Message]:
    return [Message(topic, key, str(number).encode()) for number in numbers]


def values(batches: Sequence[Batch]) -> list[int]:
    return [int(message.value) for batch in batches for message in batch.messages]


async def take(subscription: Subscription, count: int, *, commit: bool = True) -> list[int]:
    """Fetch until `count` messages came; each batch is committed unless told otherwise."""
    taken: list[int] = []

    async def enough() -> bool:
        batches = await subscription.fetch(max_messages=100, max_wait=0.2)
        taken.extend(values(batches))
        for batch in batches if commit else ():
            await subscription.commit(batch)
        return len(taken) >= count

    await eventually(enough)
    return taken


async def test_messages_of_a_key_arrive_in_order(bus: Bus, topic: str, group: str) -> None:
    for start in range(0, 300, 100):
        await bus.publish(numbered(topic, range(start, start + 100)))
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await take(subscription, 300) == list(range(300))


async def test_a_group_goes_on_where_it_committed(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(10)))
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await take(subscription, 10) == list(range(10))
    await bus.publish(numbered(topic, range(10, 15)))
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await take(subscription, 5) == list(range(10, 15))


async def test_what_was_not_committed_comes_again(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(5)))
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await take(subscription, 5, commit=False) == list(range(5))
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await take(subscription, 5) == list(range(5))


async def test_each_group_gets_everything(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(5)))
    async with (
        bus.subscribe(group=group, topics=[topic]) as one,
        bus.subscribe(group=f"{group}-other", topics=[topic]) as other,
    ):
        assert await take(one, 5) == await take(other, 5) == list(range(5))


async def test_members_share_the_work_and_none_of_it_twice(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(50)))
    async with (
        bus.subscribe(group=group, topics=[topic]) as first,
        bus.subscribe(group=group, topics=[topic]) as second,
    ):
        seen: list[int] = []

        async def all_seen() -> bool:
            for member in (first, second):
                for batch in await member.fetch(max_messages=20, max_wait=0.05):
                    seen.extend(values([batch]))
                    await member.commit(batch)
            return len(seen) >= 50

        await eventually(all_seen)
        assert sorted(seen) == list(range(50))


async def test_another_member_takes_over_from_one_that_left(bus: Bus, topic: str, group: str) -> None:
    async with bus.subscribe(group=group, topics=[topic]) as second:
        async with bus.subscribe(group=group, topics=[topic]) as first:
            await bus.publish(numbered(topic, range(5)))
            await first.fetch(max_messages=2, max_wait=0.2)
        assert await take(second, 5) == list(range(5))


async def test_a_member_that_was_overtaken_cannot_commit(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(5)))
    async with bus.subscribe(group=group, topics=[topic]) as first:
        stale: list[Batch] = []

        async def fetched() -> bool:
            stale.extend(await first.fetch(max_messages=10, max_wait=0.2))
            return bool(stale)

        await eventually(fetched)
    async with bus.subscribe(group=group, topics=[topic]) as second:
        await take(second, 5)
        with pytest.raises(Fenced):
            await first.commit(stale[0])


async def test_publishers_at_the_same_time_lose_nothing(bus: Bus, topic: str, group: str) -> None:
    lanes = [list(range(lane * 100, lane * 100 + 100)) for lane in range(8)]
    await asyncio.gather(
        *(bus.publish(numbered(topic, lane[i : i + 10])) for lane in lanes for i in range(0, 100, 10)),
    )
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert sorted(await take(subscription, 800)) == list(range(800))


async def test_a_waiting_member_hears_of_new_messages(bus: Bus, topic: str, group: str) -> None:
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await subscription.fetch(max_messages=10, max_wait=0.01) == []
        waiting = asyncio.create_task(subscription.fetch(max_messages=10, max_wait=60))
        await bus.publish(numbered(topic, [1]))
        assert values(await waiting) == [1]


async def test_lag_counts_what_a_group_has_yet_to_commit(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(7)))
    assert await bus.lag(group=group, topics=[topic]) == 7
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        await take(subscription, 7)
    assert await bus.lag(group=group, topics=[topic]) == 0
