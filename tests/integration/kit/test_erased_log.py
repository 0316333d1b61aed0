"""The bus in PostgreSQL where messages are gone that a group has not read: it goes on behind them."""

import hashlib
import uuid
from collections.abc import Awaitable, Callable

import pytest

from shared.kit.bus.port import Fenced, Message
from shared.kit.bus.postgres.bus import PostgresBus

pytestmark = pytest.mark.anyio
Lose = Callable[[PostgresBus, str], Awaitable[None]]


@pytest.fixture
def topic() -> str:
    return f"test.{uuid.uuid4().hex}"


async def erase(bus: PostgresBus, topic: str) -> None:
    await bus.erase([hashlib.sha256(topic.encode()).digest()])


async def forget(bus: PostgresBus, topic: str) -> None:
    await bus.forget(topic=topic, days=0)


@pytest.mark.parametrize("lose", [erase, forget])
async def test_a_new_group_begins_behind_what_is_gone(bus: PostgresBus, topic: str, lose: Lose) -> None:
    await bus.publish([Message(topic, f"{topic}/k", b"gone")] * 3)
    await lose(bus, topic)
    await bus.publish([Message(topic, "other/k", b"there")])
    async with bus.subscribe(group=topic, topics=[topic]) as subscription:
        (batch,) = await subscription.fetch(max_messages=10, max_wait=5)
        await subscription.commit(batch)
    assert await bus.lag(group=topic, topics=[topic]) == {(topic, 0): 0}


async def test_a_group_goes_on_behind_what_is_erased(bus: PostgresBus, topic: str) -> None:
    await bus.publish([Message(topic, "other/k", b"read")])
    async with bus.subscribe(group=topic, topics=[topic]) as subscription:
        (batch,) = await subscription.fetch(max_messages=10, max_wait=5)
        await subscription.commit(batch)
        await bus.publish([Message(topic, f"{topic}/k", b"gone")] * 3)
        await erase(bus, topic)
        await bus.publish([Message(topic, "other/k", b"there")])
        (batch,) = await subscription.fetch(max_messages=10, max_wait=5)
        await subscription.commit(batch)
    assert ([message.value for message in batch.messages], batch.first_offset) == ([b"there"], 4)


async def test_a_former_member_does_not_take_a_rewound_group_past_what_it_is_to_read(
    bus: PostgresBus, topic: str
) -> None:
    await bus.publish([Message(topic, "k", b"%d" % number) for number in range(4)])
    async with bus.subscribe(group=topic, topics=[topic]) as former:
        (first,) = await former.fetch(max_messages=2, max_wait=5)
        await former.commit(first)
        (second,) = await former.fetch(max_messages=2, max_wait=5)
    await bus.rewind(group=topic, topics=[topic])
    with pytest.raises(Fenced):
        await former.commit(second)
