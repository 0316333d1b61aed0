"""The relay: everything committed leaves, in order, and nothing that was not."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from shared.contracts.envelope import RawEnvelope
from shared.kit.bus.port import Bus, Message
from shared.kit.db import Database
from shared.kit.relay import Relay
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.waiting import eventually
from tests.integration.kit.conftest import NoteTaken

pytestmark = pytest.mark.anyio


class RecordingBus:
    """A bus that keeps what it was given, and can be told to break before or after keeping it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.break_after_publish = False

    async def publish(self, messages: Sequence[Message]) -> None:
        self.messages += messages
        if self.break_after_publish:
            self.break_after_publish = False
            raise ConnectionError("cut after the append")

    def notes(self) -> list[str]:
        return [str(RawEnvelope.model_validate_json(message.value).data["note"]) for message in self.messages]


async def note(works: Works[UnitOfWork], tenant_id: UUID, *notes: str, commit: bool = True) -> None:
    async with works.begin(tenant_id) as uow:
        for text in notes:
            uow.publish(NoteTaken(about="one", note=text))
        if commit:
            await uow.commit()


async def drain(relay: Relay) -> None:
    while await relay.relay_once():
        pass


@pytest.fixture
def recorder() -> RecordingBus:
    return RecordingBus()


@pytest.fixture
def relay(database: Database, recorder: RecordingBus) -> Relay:
    return Relay(database, recorder, batch_size=2)  # type: ignore[arg-type]  # a relay only publishes


async def test_committed_events_leave_in_order_and_once(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    await note(works, known_tenant, "a", "b", "c")
    await note(works, known_tenant, "d")
    await drain(relay)
    await drain(relay)
    assert recorder.notes() == ["a", "b", "c", "d"]


async def test_a_rolled_back_transaction_says_nothing(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    await note(works, known_tenant, "a", commit=False)
    await note(works, known_tenant, "b")
    await drain(relay)
    assert recorder.notes() == ["b"]


async def test_a_slow_transaction_is_not_skipped(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    async with works.begin(known_tenant) as slow:
        slow.publish(NoteTaken(about="slow", note="slow"))
        slow.lend()
        await slow.commit()
        slow.take_back()
        await note(works, known_tenant, "fast")
        await drain(relay)
        assert recorder.notes() == ["fast"]
        await slow.commit()
    await drain(relay)
    assert recorder.notes() == ["fast", "slow"]


async def test_a_crash_before_the_mark_sends_the_same_event_again(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    await note(works, known_tenant, "a")
    recorder.break_after_publish = True
    with pytest.raises(ConnectionError):
        await relay.relay_once()
    await drain(relay)
    assert recorder.notes() == ["a", "a"]
    assert len({message.value for message in recorder.messages}) == 1


async def test_a_commit_wakes_the_running_relay_and_a_standby_takes_over(
    works: Works[UnitOfWork], known_tenant: UUID, database: Database, bus: Bus
) -> None:
    recorder = RecordingBus()
    first, second = (
        asyncio.create_task(Relay(database, recorder).run())  # type: ignore[arg-type]  # a relay only publishes
        for _ in range(2)
    )

    async def heard(*notes: str) -> None:
        async def all_heard() -> bool:
            return recorder.notes() == list(notes)

        await eventually(all_heard)

    await note(works, known_tenant, "a")
    await heard("a")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await note(works, known_tenant, "b")
    await heard("a", "b")
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
