"""The bus in PostgreSQL behind a half-open network, or where nobody rings: who waits gives up in time, and goes on."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from shared.kit.bus.port import Message
from shared.kit.bus.postgres import bus as publishing
from shared.kit.bus.postgres import consuming, log
from shared.kit.bus.postgres.bus import PostgresBus
from shared.kit.bus.postgres.consuming import PostgresSubscription
from tests.factories.installation import Installation
from tests.factories.waiting import eventually
from tests.faults.proxy import Proxy, Terms

pytestmark = pytest.mark.anyio
SOON = 15.0
"""Much longer than the waits below, much shorter than for ever."""


@pytest.fixture
async def proxy(installation: Installation) -> AsyncIterator[Proxy]:
    proxy = Proxy(target_port=make_url(installation.urls["bus"]).port or 5432)
    yield proxy
    await proxy.close()


@pytest.fixture
async def bus(installation: Installation, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostgresBus]:
    limits = {"CONNECT_SECONDS": log, "STATEMENT_SECONDS": log, "CHECK_SECONDS": consuming, "CLOSE_SECONDS": publishing}
    for name, module in limits.items():
        monkeypatch.setattr(module, name, 1.0)
    url = make_url(installation.urls["bus"]).set(host="127.0.0.1", port=await proxy.open())
    bus = PostgresBus(url.render_as_string(hide_password=False))
    yield bus
    await bus.close()


@pytest.fixture
def topic() -> str:
    return f"test.{uuid.uuid4().hex}"


async def fetch_for_ever(subscription: PostgresSubscription) -> None:
    while True:
        await subscription.fetch(max_messages=1, max_wait=0.05)


async def test_publishing_is_given_up_and_goes_on(bus: PostgresBus, proxy: Proxy, topic: str) -> None:
    await bus.publish([Message(topic, "k", b"before")])
    proxy.switch(Terms("half_open"))
    async with asyncio.timeout(SOON):
        with pytest.raises(TimeoutError):
            await bus.publish([Message(topic, "k", b"lost")])
    proxy.switch(Terms())
    await bus.publish([Message(topic, "k", b"after")])
    assert (await bus.extent([topic])).ends == {(topic, 0): 2}


async def test_what_nobody_rings_for_is_found_all_the_same(
    bus: PostgresBus, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bus.subscribe(group=topic, topics=[topic]) as subscription:
        await bus.publish([Message(topic, "k", b"rung for")])
        (batch,) = await subscription.fetch(max_messages=2, max_wait=SOON)
        await subscription.commit(batch)
        monkeypatch.setattr(publishing, "_RING", "SELECT $1::text[]")
        await bus.publish([Message(topic, "k", b"in silence")])

        async def is_found() -> bool:
            return any(await subscription.fetch(max_messages=2, max_wait=0.05))

        await eventually(is_found)


async def test_what_was_too_much_for_one_batch_follows_at_once(bus: PostgresBus, topic: str) -> None:
    await bus.publish([Message(topic, "k", b"%d" % number) for number in range(3)])
    async with asyncio.timeout(SOON), bus.subscribe(group=topic, topics=[topic]) as subscription:
        for size in (2, 1):
            (batch,) = await subscription.fetch(max_messages=2, max_wait=2 * SOON)
            assert len(batch.messages) == size
            await subscription.commit(batch)


async def test_a_member_that_is_not_heard_any_more_leaves(bus: PostgresBus, proxy: Proxy, topic: str) -> None:
    async def be_member() -> None:
        async with bus.subscribe(group=topic, topics=[topic]) as subscription:
            await subscription.fetch(max_messages=1, max_wait=0.1)
            proxy.switch(Terms("half_open"))
            await fetch_for_ever(subscription)

    async with asyncio.timeout(SOON):
        with pytest.raises((TimeoutError, ConnectionError)):
            await be_member()


async def test_a_member_whose_lock_may_be_gone_with_a_silent_connection_notices(
    installation: Installation, proxy: Proxy, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming, "CHECK_SECONDS", 1.0)
    url = make_url(installation.urls["bus"]).set(drivername="postgresql")
    near = url.set(host="127.0.0.1", port=await proxy.open())
    pool = await asyncpg.create_pool(url.render_as_string(hide_password=False), min_size=0)
    listener = await asyncpg.connect(near.render_as_string(hide_password=False))
    subscription = PostgresSubscription(pool, listener, group=topic, topics=[topic])
    await subscription.listen()
    await subscription.fetch(max_messages=1, max_wait=0.05)
    proxy.switch(Terms("half_open"))
    async with asyncio.timeout(SOON):
        with pytest.raises(TimeoutError):
            await fetch_for_ever(subscription)
    listener.terminate()
    await pool.close()


async def test_it_ends_with_a_question_unanswered(bus: PostgresBus, proxy: Proxy, topic: str) -> None:
    await bus.publish([Message(topic, "k", b"before")])
    proxy.switch(Terms("half_open"))
    asking = asyncio.create_task(bus.extent([topic]))

    async def is_swallowed() -> bool:
        return proxy.traffic().swallowed > 0

    await eventually(is_swallowed)
    async with asyncio.timeout(SOON):
        await bus.close()
    with pytest.raises((TimeoutError, ConnectionError)):
        await asking
