"""Dead letters are looked at, sent again and put away, on either bus."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from shared.contracts.topics import Topic
from shared.core.clock import SystemClock
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus, Message, Place
from shared.kit.bus.postgres.bus import PostgresBus
from shared.kit.dead_letters import Letter
from shared.kit.letterbox import GROUP, Letterbox
from tests.factories.installation import Installation

KAFKA = pytest.param("kafka", marks=pytest.mark.needs("kafka"))
IN_POSTGRES = pytest.mark.parametrize("kind", ["postgres"])
"""Of what is gone a Kafka begins behind it by itself."""
pytestmark = pytest.mark.anyio


@pytest.fixture(params=["postgres", KAFKA])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def bus(kind: str, installation: Installation, request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    bus = connect_bus(installation.urls["bus"] if kind == "postgres" else request.getfixturevalue("kafka_url"))
    yield bus
    await bus.close()


@pytest.fixture
async def topic(bus: Bus) -> Topic:
    topic = Topic(f"test.{uuid.uuid4().hex}", partitions=2, retention_days=1)
    await bus.prepare([topic, topic.dead_letters])
    return topic


@pytest.fixture
def letterbox(bus: Bus, topic: Topic) -> Letterbox:
    return Letterbox(bus, topics=[topic.dead_letters.name])


async def fail_at(bus: Bus, topic: Topic, *values: str) -> None:
    letters = [
        Letter.about(Message(topic.name, f"k/{value}", value.encode()), "notes", partition=0, offset=number)
        for number, value in enumerate(values)
    ]
    await bus.publish([letter.addressed("not_found", at=SystemClock().now()) for letter in letters])


async def seen(letterbox: Letterbox) -> list[tuple[str, bool]]:
    return [(filed.letter.message.value.decode(), filed.pending) async for filed in letterbox.all()]


async def arrived(bus: Bus, topic: Topic) -> list[str]:
    return sorted([message.value.decode() async for batch in bus.read([topic.name]) for message in batch.messages])


async def test_letters_say_who_failed_at_what(bus: Bus, topic: Topic, letterbox: Letterbox) -> None:
    await fail_at(bus, topic, "a")
    [filed] = [filed async for filed in letterbox.all()]
    assert (filed.letter.group, filed.letter.reason, filed.letter.offset) == ("notes", "not_found", 0)
    assert filed.letter.message == Message(topic.name, "k/a", b"a")


async def test_all_pending_letters_go_back_where_they_came_from_once(
    bus: Bus, topic: Topic, letterbox: Letterbox
) -> None:
    await fail_at(bus, topic, "a", "b")
    assert await letterbox.send_all_again() == 2
    await fail_at(bus, topic, "c")
    assert await seen(letterbox) == [("a", False), ("b", False), ("c", True)]
    assert await letterbox.send_all_again() == 1
    assert await arrived(bus, topic) == ["a", "b", "c"]


async def test_two_operators_at_once_leave_nothing_behind(bus: Bus, topic: Topic) -> None:
    both = [Letterbox(bus, topics=[topic.dead_letters.name]) for _ in range(2)]
    await fail_at(bus, topic, *(str(number) for number in range(40)))
    sent = await asyncio.gather(*(each.send_all_again() for each in both))
    assert (sum(sent) >= 40, set(await arrived(bus, topic))) == (True, {str(number) for number in range(40)})


@dataclass
class Failing:
    """A bus behind which somebody fails at once at whatever is sent to `topic`, and twice as often as it is said."""

    bus: Bus
    topic: Topic

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bus, name)

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        places = await self.bus.publish(messages)
        await fail_at(self.bus, self.topic, *(message.value.decode() for message in [*messages, *messages]))
        return places


async def test_what_fails_again_meanwhile_is_not_sent_again(bus: Bus, topic: Topic) -> None:
    """Else it would go round for as long as it fails, for each group that fails once more."""
    letterbox = Letterbox(Failing(bus, topic), topics=[topic.dead_letters.name])
    await fail_at(bus, topic, "a", "b", "c")
    async with asyncio.timeout(20):
        assert await letterbox.send_all_again() == 3
    assert [pending for _, pending in await seen(letterbox)] == [False] * 3 + [True] * 6
    assert await arrived(bus, topic) == ["a", "b", "c"]


async def test_what_comes_while_letters_are_put_away_waits_to_be_seen(
    bus: Bus, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    letterbox = Letterbox(bus, topics=[topic.dead_letters.name])
    await fail_at(bus, topic, "a", "b")
    look = bus.lag

    async def late(**asked: Any) -> Any:
        answer = await look(**asked)
        monkeypatch.setattr(bus, "lag", look)
        await fail_at(bus, topic, "late")
        return answer

    monkeypatch.setattr(bus, "lag", late)
    assert await letterbox.put_away() == 2
    assert await seen(letterbox) == [("a", False), ("b", False), ("late", True)]


async def test_chosen_letters_go_back_however_often_one_likes(bus: Bus, topic: Topic, letterbox: Letterbox) -> None:
    await fail_at(bus, topic, "a", "b")
    for _ in range(2):
        assert await letterbox.send_again(lambda letter: letter.message.value == b"b") == 1
    assert await arrived(bus, topic) == ["b", "b"]
    assert await seen(letterbox) == [("a", True), ("b", True)]


async def test_what_is_put_away_stays_readable(bus: Bus, topic: Topic, letterbox: Letterbox) -> None:
    await fail_at(bus, topic, "a", "b")
    assert (await letterbox.put_away(), await letterbox.put_away()) == (2, 0)
    assert await seen(letterbox) == [("a", False), ("b", False)]
    assert await arrived(bus, topic) == []


async def test_a_letter_that_somebody_else_has_written_is_read_as_far_as_it_goes(
    bus: Bus, topic: Topic, letterbox: Letterbox
) -> None:
    said = (("topic", "nowhere"), ("partition", "two"), ("offset", ""))
    await bus.publish([Message(topic.dead_letters.name, "k", b"a", said)])
    [filed] = [filed async for filed in letterbox.all()]
    assert (filed.letter.partition, filed.letter.offset, filed.letter.message.topic) == (-1, -1, topic.name)
    assert await letterbox.send_all_again() == 1


@IN_POSTGRES
async def test_letters_that_were_erased_are_not_waited_for(bus: PostgresBus, topic: Topic) -> None:
    await fail_at(bus, topic, "a")
    await bus.erase([hashlib.sha256(b"k").digest()])
    assert await Letterbox(bus, topics=[topic.dead_letters.name], patience=0.1).put_away() == 0
    assert not any((await bus.lag(group=GROUP, topics=[topic.dead_letters.name])).values())
    await fail_at(bus, topic, "b")
    assert await Letterbox(bus, topics=[topic.dead_letters.name]).put_away() == 1


@IN_POSTGRES
async def test_letters_that_were_kept_long_enough_wait_for_nobody(bus: PostgresBus, topic: Topic) -> None:
    """Else an alarm would go on for ever of which there is nothing to see."""
    await fail_at(bus, topic, "a", "b")
    await bus.forget(topic=topic.dead_letters.name, days=0)
    await fail_at(bus, topic, "c")
    assert await bus.lag(group=GROUP, topics=[topic.dead_letters.name]) == {(topic.dead_letters.name, 0): 1}
