"""The consumer: each event's effect once, poison set aside, tenants apart."""

import json
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Envelope, EventData
from shared.contracts.work import Work
from shared.core.clock import SystemClock
from shared.core.errors import Unavailable
from shared.core.ids import Uuid7
from shared.kit.bus.port import Batch, Message
from shared.kit.consumer import Consumer, Subscriptions
from shared.kit.outbox import enclose
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.tenancy import make_tenant
from tests.integration.kit.conftest import Ledger, NoteTaken
from tests.integration.kit.test_relay import RecordingBus

pytestmark = pytest.mark.anyio
_ids = Uuid7()


async def on_note_taken(events: Sequence[Envelope[NoteTaken]], work: Work[UnitOfWork]) -> None:
    """Write each note down, except that a poisonous one fails after its effect."""
    async with work() as uow:
        for event in events:
            effect = {"id": event.id, "note": event.data.note}
            await uow.tx.execute(text("INSERT INTO effects VALUES (:id, :note)"), effect)
            if event.data.note == "poison":
                raise ValueError("this one cannot be applied")
        await uow.commit()


@pytest.fixture
def dead_letters() -> RecordingBus:
    return RecordingBus()


@pytest.fixture
def consumer(works: Works[UnitOfWork], dead_letters: RecordingBus) -> Consumer[UnitOfWork]:
    subscriptions = Subscriptions({NoteTaken: on_note_taken})
    return Consumer(dead_letters, works, subscriptions, group="notes", retry_delays=(0.01, 0.01))  # type: ignore[arg-type]  # only buries on it


def message(tenant_id: UUID, event: EventData) -> Message:
    envelope = enclose(event, source="test", tenant_id=tenant_id, at=SystemClock().now(), ids=_ids)
    return Message(event.topic.name, event.order_key, envelope.model_dump_json(serialize_as_any=True).encode())


def noted(tenant_id: UUID, *notes: str) -> list[Message]:
    return [message(tenant_id, NoteTaken(about="one", note=note)) for note in notes]


def batch(messages: Sequence[Message]) -> Batch:
    return Batch(NoteTaken.topic.name, 0, 0, len(messages), tuple(messages))


async def test_an_event_delivered_again_has_no_second_effect(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger
) -> None:
    messages = noted(known_tenant, "a", "b")
    await consumer.process(batch(messages))
    await consumer.process(batch([*messages, *messages]))
    assert await ledger.notes() == ["a", "b"]


async def test_poison_is_set_aside_and_its_neighbours_go_on(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, dead_letters: RecordingBus
) -> None:
    await consumer.process(batch(noted(known_tenant, "a", "poison", "b")))
    assert await ledger.notes() == ["a", "b"]
    assert dead_letters.notes() == ["poison"]
    assert dead_letters.messages[0].topic == "test.notes.dead"


async def test_what_is_no_event_is_set_aside(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, dead_letters: RecordingBus
) -> None:
    unreadable = Message("test.notes", "k", b"\xff not json")
    await consumer.process(batch([unreadable, *noted(known_tenant, "a")]))
    assert await ledger.notes() == ["a"]
    assert [dead.value for dead in dead_letters.messages] == [unreadable.value]


async def test_an_event_with_wrong_data_is_set_aside(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, dead_letters: RecordingBus
) -> None:
    wrong = noted(known_tenant, "a")[0]
    document = json.loads(wrong.value)
    document["data"] = {"about": 7}
    await consumer.process(batch([Message(wrong.topic, wrong.key, json.dumps(document).encode())]))
    assert await ledger.notes() == []
    assert len(dead_letters.messages) == 1


async def test_an_unknown_tenant_is_waited_for_not_buried(
    consumer: Consumer[UnitOfWork], dead_letters: RecordingBus
) -> None:
    with pytest.raises(Unavailable):
        await consumer.process(batch(noted(uuid4(), "a")))
    assert dead_letters.messages == []


async def test_a_tenant_announced_in_the_same_batch_is_known(consumer: Consumer[UnitOfWork], ledger: Ledger) -> None:
    tenant = make_tenant()
    await consumer.process(batch([*noted(tenant.tenant_id, "a"), message(tenant.tenant_id, tenant)]))
    assert await ledger.notes() == ["a"]


async def test_events_it_does_not_know_are_passed_over(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, dead_letters: RecordingBus
) -> None:
    unknown = noted(known_tenant, "a")[0]
    newer = unknown.value.replace(b"note.taken.v1", b"note.taken.v9")
    await consumer.process(batch([Message(unknown.topic, unknown.key, newer), *noted(known_tenant, "b")]))
    assert await ledger.notes() == ["b"]
    assert dead_letters.messages == []
