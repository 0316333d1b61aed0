"""The contract of every bus adapter: order, resumption, groups, take-over, and nothing lost."""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import pytest

from deploy.standalone.settings import ROOT
from shared.contracts.topics import Topic
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Batch, Bus, Fenced, GroupBusy, Message, Subscription
from tests.factories.installation import Installation
from tests.factories.waiting import eventually

KAFKA = pytest.param("kafka", marks=pytest.mark.needs("kafka"))
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", ["postgres", KAFKA])]


class Url(Protocol):
    def __call__(self, kind: str) -> str: ...


@pytest.fixture
def url(installation: Installation, request: pytest.FixtureRequest) -> Url:
    def find(kind: str) -> str:
        return installation.urls["bus"] if kind == "postgres" else str(request.getfixturevalue("kafka_url"))

    return find


@pytest.fixture
async def bus(kind: str, url: Url) -> AsyncIterator[Bus]:
    bus = connect_bus(url(kind))
    yield bus
    await bus.close()


@pytest.fixture
async def topic(bus: Bus) -> str:
    return await make_topic(bus, partitions=1)


@pytest.fixture
def group() -> str:
    return f"group-{uuid.uuid4().hex}"


async def make_topic(bus: Bus, *, partitions: int) -> str:
    name = f"test.{uuid.uuid4().hex}"
    await bus.prepare([Topic(name, partitions=partitions, retention_days=1)])
    return name


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


async def take_shared(members: Sequence[Subscription], seen: list[int], count: int) -> None:
    """Let members fetch and commit side by side until `count` different messages came; repetitions are dropped."""

    async def all_seen() -> bool:
        for member in members:
            for batch in await member.fetch(max_messages=20, max_wait=0.05):
                try:
                    await member.commit(batch)
                except Fenced:
                    continue
                seen.extend(values([batch]))
        return len(set(seen)) >= count

    await eventually(all_seen)


async def test_messages_of_a_key_arrive_in_order(bus: Bus, topic: str, group: str) -> None:
    for start in range(0, 300, 100):
        await bus.publish(numbered(topic, range(start, start + 100)))
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await take(subscription, 300) == list(range(300))


async def test_a_message_arrives_as_it_was_sent(bus: Bus, topic: str, group: str) -> None:
    sent = Message(topic, "schlüssel", b"\x00\xff", (("reason", "not_found"), ("group", "服务")))
    await bus.publish([sent])
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        received: list[Message] = []

        async def arrived() -> bool:
            for batch in await subscription.fetch(max_messages=10, max_wait=0.2):
                received.extend(batch.messages)
            return bool(received)

        await eventually(arrived)
    assert received == [sent]


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
        assert await take(subscription, 5, commit=False) == list(range(5))
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await take(subscription, 5) == list(range(5))


async def test_partitions_with_more_than_a_batch_are_given_side_by_side(bus: Bus, group: str) -> None:
    topics = [await make_topic(bus, partitions=1) for _ in range(3)]
    for topic in topics:
        await bus.publish(numbered(topic, range(50)))
    async with bus.subscribe(group=group, topics=topics) as subscription:

        async def side_by_side() -> bool:
            batches = await subscription.fetch(max_messages=10, max_wait=0.2)
            assert all(values([batch]) == list(range(10)) for batch in batches)
            return sorted(batch.topic for batch in batches) == sorted(topics)

        await eventually(side_by_side)


async def test_each_group_gets_everything(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(5)))
    async with (
        bus.subscribe(group=group, topics=[topic]) as one,
        bus.subscribe(group=f"{group}-other", topics=[topic]) as other,
    ):
        assert await take(one, 5) == await take(other, 5) == list(range(5))


async def test_members_share_the_work_and_none_of_it_twice(bus: Bus, group: str) -> None:
    topic = await make_topic(bus, partitions=4)
    async with (
        bus.subscribe(group=group, topics=[topic]) as first,
        bus.subscribe(group=group, topics=[topic]) as second,
    ):
        for number in range(50):
            await bus.publish(numbered(topic, [number], key=f"k{number}"))
        seen: list[int] = []
        await take_shared([first, second], seen, 50)
        assert sorted(seen) == list(range(50))


async def test_members_come_and_go_and_every_key_stays_in_order(bus: Bus, group: str) -> None:
    topic = await make_topic(bus, partitions=4)
    seen: list[int] = []
    async with bus.subscribe(group=group, topics=[topic]) as first:
        await bus.publish([Message(topic, f"k{n % 7}", str(n).encode()) for n in range(70)])
        await take_shared([first], seen, 40)
        async with bus.subscribe(group=group, topics=[topic]) as second:
            await bus.publish([Message(topic, f"k{n % 7}", str(n).encode()) for n in range(70, 140)])
            await take_shared([first, second], seen, 110)
        await bus.publish([Message(topic, f"k{n % 7}", str(n).encode()) for n in range(140, 210)])
        await take_shared([first], seen, 210)
    assert sorted(seen) == list(range(210))
    for key in range(7):
        of_key = [number for number in seen if number % 7 == key]
        assert of_key == sorted(of_key)


async def test_another_member_takes_over_from_one_that_left(bus: Bus, topic: str, group: str) -> None:
    async with bus.subscribe(group=group, topics=[topic]) as second:
        async with bus.subscribe(group=group, topics=[topic]) as first:
            await bus.publish(numbered(topic, range(5)))
            await first.fetch(max_messages=2, max_wait=0.2)
        assert await take(second, 5) == list(range(5))


async def test_another_member_takes_over_all_partitions_of_one_that_was_killed(
    bus: Bus, group: str, kind: str, url: Url
) -> None:
    topic = await make_topic(bus, partitions=4)
    await bus.publish([Message(topic, f"k{number}", str(number).encode()) for number in range(20)])
    command = (sys.executable, "-m", "tests.integration.kit.member", url(kind), group, topic)
    member = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert member.stdout is not None
    assert await member.stdout.readline() == b"2\n"
    member.kill()
    await member.wait()
    async with bus.subscribe(group=group, topics=[topic]) as heir:
        assert sorted(await take(heir, 20)) == list(range(20))


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


async def test_publishing_tells_where_each_message_lies(bus: Bus, topic: str) -> None:
    first = await bus.publish(numbered(topic, range(3)))
    second = await bus.publish(numbered(topic, range(2)))
    assert [place.offset for place in (*first, *second)] == [0, 1, 2, 3, 4]
    assert (await bus.extent([topic])).ends == {(topic, 0): 5}


async def test_topics_published_to_at_once_keep_their_own_order(bus: Bus, topic: str) -> None:
    topics = [topic, await make_topic(bus, partitions=1)]
    mixed = [Message(topics[number % 3 == 0], "k", b"%d" % number) for number in range(9)]
    await bus.publish(numbered(topic, [-1]))
    places = await bus.publish(mixed)
    lying = {(message.topic, place.offset): message for message, place in zip(mixed, places, strict=True)}
    assert [*lying] == [
        (message.topic, offset) for message, offset in zip(mixed, [0, 1, 2, 1, 3, 4, 2, 5, 6], strict=True)
    ]
    found = [message for batch in [batch async for batch in bus.read(topics)] for message in batch.messages]
    assert sorted(found, key=str) == sorted([*lying.values(), *numbered(topic, [-1])], key=str)


async def test_the_log_says_which_it_is_and_how_far_it_reaches(bus: Bus, topic: str, kind: str, url: Url) -> None:
    await bus.publish(numbered(topic, range(3)))
    again = connect_bus(url(kind))
    try:
        extent = await again.extent([topic, "test.never-made"])
    finally:
        await again.close()
    assert extent == await bus.extent([topic])
    assert extent.ends == {(topic, 0): 3}


async def test_lag_counts_what_a_group_has_yet_to_commit(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(7)))
    assert await bus.lag(group=group, topics=[topic]) == {(topic, 0): 7}
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        await take(subscription, 7)
    assert await bus.lag(group=group, topics=[topic]) == {(topic, 0): 0}


async def test_a_group_is_rewound_only_while_nobody_is_in_it(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(numbered(topic, range(5)))
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        await take(subscription, 5)
        with pytest.raises(GroupBusy):
            await bus.rewind(group=group, topics=[topic])
    await bus.rewind(group=group, topics=[topic])
    async with bus.subscribe(group=group, topics=[topic]) as subscription:
        assert await take(subscription, 5) == list(range(5))
