"""The bus in PostgreSQL holds so many bytes in memory at a time, whatever the number of messages asked for."""

import asyncio
import uuid

import pytest

from shared.kit.bus.port import MAX_MESSAGE_BYTES, Message
from shared.kit.bus.postgres.bus import PostgresBus
from shared.kit.bus.postgres.log import MAX_BATCH_BYTES

pytestmark = pytest.mark.anyio
_COUNT = 5
_DEADLINE_SECONDS = 60
_NO_WAIT = 2 * _DEADLINE_SECONDS
"""Whoever waits for messages that are there already is late."""


@pytest.fixture
async def topic(bus: PostgresBus) -> str:
    topic = f"test.{uuid.uuid4().hex}"
    for number in range(_COUNT):
        await bus.publish([Message(topic, "k", b"%d" % number * MAX_MESSAGE_BYTES)])
    return topic


async def test_a_group_gets_as_many_as_fit_and_the_rest_at_once(bus: PostgresBus, topic: str) -> None:
    sizes: list[int] = []
    async with asyncio.timeout(_DEADLINE_SECONDS), bus.subscribe(group=topic, topics=[topic]) as subscription:
        while sum(sizes) < _COUNT:
            for batch in await subscription.fetch(max_messages=500, max_wait=_NO_WAIT):
                sizes.append(len(batch.messages))
                await subscription.commit(batch)
    assert max(sizes) * MAX_MESSAGE_BYTES <= MAX_BATCH_BYTES


async def test_reading_all_gives_as_many_at_a_time_as_fit(bus: PostgresBus, topic: str) -> None:
    sizes = [len(batch.messages) async for batch in bus.read([topic])]
    assert (sum(sizes), max(sizes) * MAX_MESSAGE_BYTES <= MAX_BATCH_BYTES) == (_COUNT, True)
