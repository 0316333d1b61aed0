"""A relay and a consumer beside a broker that stops, dies, or loses its disk: every effect happens once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import text

from deploy.kafka.broker import Kafka
from deploy.standalone.settings import read_settings
from shared.contracts.envelope import Event
from shared.contracts.topics import TENANCY
from shared.contracts.work import Work
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.relay import Relay
from shared.kit.subscriptions import Subscriptions
from shared.kit.unit_of_work import UnitOfWork, Works
from shared.kit.worker import Loop, Worker
from tests.factories.waiting import eventually
from tests.integration.kit.conftest import Ledger
from tests.integration.kit.recording import NoteTaken

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka"), pytest.mark.timeout(240)]
TOPICS = (NoteTaken.topic, NoteTaken.topic.dead_letters, TENANCY)
Break = Callable[[Kafka], None]


async def write_down(events: Sequence[Event[NoteTaken]], work: Work[UnitOfWork]) -> None:
    async with work() as uow:
        for event in events:
            effect = {"id": event.id, "note": event.data.note}
            await uow.tx.execute(text("INSERT INTO effects VALUES (:id, :note)"), effect)
        await uow.commit()


def restart(broker: Kafka) -> None:
    broker.stop()
    broker.start()


def kill(broker: Kafka) -> None:
    broker.kill()
    broker.start()


def wipe(broker: Kafka) -> None:
    broker.stop()
    broker.wipe()
    broker.start()


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    broker = Kafka(tmp_path_factory.mktemp("broker"), libraries=read_settings().kafka_libraries, durable=False)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
async def bus(broker: Kafka) -> AsyncIterator[Bus]:
    bus = connect_bus(broker.url)
    await bus.prepare(TOPICS)
    yield bus
    await bus.close()


@asynccontextmanager
async def working(database: Database, bus: Bus, works: Works[UnitOfWork]) -> AsyncIterator[None]:
    """Run a service's relay and consumer as its worker process does."""
    consumer = Consumer(bus, works, Subscriptions({NoteTaken: write_down}), group=database.schema)
    worker = Worker([Loop("relay", Relay(database, bus).run), Loop("consumer", consumer.run)])
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def say(works: Works[UnitOfWork], tenant_id: UUID, numbers: range) -> None:
    for number in numbers:
        async with works.begin(tenant_id) as uow:
            uow.publish(NoteTaken(about=f"subject-{number % 5}", note=str(number)))
            await uow.commit()


async def until_heard(ledger: Ledger, count: int) -> None:
    async def heard() -> bool:
        return len(set(await ledger.notes())) == count

    await eventually(heard, seconds=60)


@pytest.mark.parametrize("harm", [restart, kill, wipe])
async def test_every_event_has_its_effect_once(
    *,
    harm: Break,
    broker: Kafka,
    bus: Bus,
    works: Works[UnitOfWork],
    known_tenant: UUID,
    ledger: Ledger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with working(works.database, bus, works):
        await say(works, known_tenant, range(50))
        await until_heard(ledger, 50)
        broken = asyncio.create_task(asyncio.to_thread(harm, broker))
        await say(works, known_tenant, range(50, 100))
        await broken
        if harm is wipe:
            await bus.prepare(TOPICS)  # what relays do for the topics that Steelyard knows
        await say(works, known_tenant, range(100, 150))
        await until_heard(ledger, 150)
    notes = await ledger.notes()
    assert sorted(map(int, notes)) == list(range(150))
    if harm is not wipe:
        for subject in range(5):
            of_subject = [int(note) for note in notes if int(note) % 5 == subject]
            assert of_subject == sorted(of_subject)
    unforeseen = [each.getMessage() for each in caplog.records if each.name in {"shared.kit.worker", "asyncio"}]
    assert not [line for line in unforeseen if "loop.failed" in line or "xception" in line]
