"""The consumer's limits: how long a batch may take, what is tried again how often, and what a timeout means."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy.engine import make_url

from shared.kit import db
from shared.kit.bus.port import Message
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.dead_letters import Letter
from shared.kit.inbox import Inbox, NotYet
from shared.kit.subscriptions import Subscriptions
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.waiting import eventually
from tests.faults.proxy import Proxy, Terms
from tests.integration.kit.conftest import Ledger, Letters
from tests.integration.kit.consuming import Make, Notes, ScriptedBus, batch, holds, noted, running
from tests.integration.kit.recording import TOPIC, NoteTaken

pytestmark = pytest.mark.anyio
UNREADABLE = Message(TOPIC, "k", b"no event")


class AskedDatabase(Database):
    """Counts how often it was asked whether it answers."""

    asked = 0

    async def answers(self) -> bool:
        self.asked += 1
        return await super().answers()


@pytest.fixture
async def proxy(database: Database) -> AsyncIterator[Proxy]:
    proxy = Proxy(target_port=make_url(database.url).port or 5432)
    yield proxy
    await proxy.close()


@pytest.fixture
async def distant(database: Database, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AskedDatabase]:
    """Give the same database behind a proxy, reached with little patience."""
    monkeypatch.setattr(db, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(db, "STATEMENT_SECONDS", 0.3)
    url = make_url(database.url).set(host="127.0.0.1", port=await proxy.open())
    distant = AskedDatabase(url.render_as_string(hide_password=False), schema=database.schema, pool_size=2)
    yield distant
    await distant.close()


async def test_what_never_becomes_possible_is_set_aside_without_pauses(
    make_consumer: Make, scripted: ScriptedBus, letters: Letters
) -> None:
    scripted.waiting = [batch(noted(uuid4(), *map(str, range(50))))]
    async with running(make_consumer(patience=0.1, retry_delays=(60.0,))):
        await eventually(holds(lambda: not scripted.waiting))
    assert len(await letters.read()) == 50


async def test_patience_ends_once_for_a_batch_that_was_not_committed(
    make_consumer: Make, scripted: ScriptedBus, letters: Letters
) -> None:
    scripted.waiting = [batch(noted(uuid4(), "orphan"))]
    scripted.broken = True
    consumer = make_consumer(patience=0.1)
    with pytest.raises(ConnectionError, match="broker"):
        await consumer.run(asyncio.Event())
    await consumer.process(scripted.waiting[0])
    assert len(await letters.read()) == 1


async def test_what_fails_is_set_aside_once_however_often_its_batch_is_taken(
    consumer: Consumer[UnitOfWork], letters: Letters
) -> None:
    for _ in range(3):
        with pytest.raises(NotYet):
            await consumer.process(batch([UNREADABLE, *noted(uuid4(), "orphan")], first=7))
    await consumer.process(batch([UNREADABLE], first=8))
    await consumer.process(batch([Message(TOPIC, "k", b"another log's")], first=7))
    assert [Letter.read(letter).offset for letter in await letters.read()] == [7, 8, 7]


async def test_events_that_fail_alone_share_their_retries(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, notes: Notes, letters: Letters
) -> None:
    await consumer.process(batch(noted(known_tenant, *["poison"] * 32)))
    assert (notes.tries, len(await letters.read())) == (63 + 24, 32)


async def test_a_batch_that_takes_long_is_given_back_and_comes_in_parts(
    *, make_consumer: Make, scripted: ScriptedBus, known_tenant: UUID, ledger: Ledger, notes: Notes, letters: Letters
) -> None:
    notes.pause = 0.02
    scripted.waiting = [batch(noted(known_tenant, *["poison", "a", "poison", "b"] * 5))]
    async with running(make_consumer(turn=0.1, max_messages=20)):
        await eventually(holds(lambda: not scripted.waiting))
    assert len(scripted.committed) > 1
    assert sorted(await ledger.notes()) == ["a"] * 5 + ["b"] * 5
    assert sorted(Letter.read(letter).offset for letter in await letters.read()) == list(range(0, 20, 2))


async def test_a_timeout_while_the_database_answers_is_the_events_own(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, notes: Notes, letters: Letters
) -> None:
    notes.failing = [TimeoutError() for _ in range(3)]
    await consumer.process(batch(noted(known_tenant, "a")))
    assert [Letter.read(letter).reason for letter in await letters.read()] == ["TooSlow"]


async def test_events_that_take_too_long_together_are_taken_apart_at_once(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, notes: Notes
) -> None:
    notes.failing = [TimeoutError()]
    await consumer.process(batch(noted(known_tenant, "a", "b")))
    assert (notes.tries, await ledger.notes()) == (3, ["a", "b"])


async def test_a_try_that_does_not_end_is_given_up(
    works: Works[UnitOfWork], known_tenant: UUID, notes: Notes, letters: Letters
) -> None:
    inbox = Inbox(works, Subscriptions({NoteTaken: notes}), group="notes", retry_delays=(), longest_try=0.2)
    await inbox.take(batch(noted(known_tenant, "slow")))
    assert [Letter.read(letter).reason for letter in await letters.read()] == ["TooSlow"]


async def test_while_a_half_open_network_swallows_everything_a_batch_waits_in_hand(
    *,
    make_consumer: Make,
    scripted: ScriptedBus,
    distant: AskedDatabase,
    proxy: Proxy,
    known_tenant: UUID,
    ledger: Ledger,
    letters: Letters,
) -> None:
    consumer = make_consumer(works=Works(distant, UnitOfWork))
    await consumer.process(batch(noted(known_tenant, "before")))
    proxy.switch(Terms("half_open"))
    scripted.waiting = [batch(noted(known_tenant, "a"))]
    async with running(consumer):
        await eventually(holds(lambda: distant.asked > 3))
        proxy.switch(Terms())
        await eventually(holds(lambda: not scripted.waiting))
    assert (await ledger.notes(), await letters.read()) == (["before", "a"], [])
