"""A database that was restored from a backup: beside a bus that has gone on, and beside one made anew for it."""

from uuid import UUID

import pytest

from shared.kit.db import Database
from shared.kit.relay import Relay
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.integration.kit.recording import TOPIC, RecordingBus, drain, note

pytestmark = pytest.mark.anyio
_GO_BACK = "DELETE FROM outbox WHERE position > (SELECT max(position) - $1 FROM outbox)"
_REACHED_BEFORE = "UPDATE outbox_reach SET next = next - $1"


async def do(database: Database, *statements: tuple[str, int]) -> None:
    connection = await database.listener()
    try:
        for statement, number in statements:
            await connection.execute(statement, number)
    finally:
        await connection.close()


@pytest.fixture
def next_relay(database: Database, recorder: RecordingBus) -> Relay:
    return Relay(database, recorder)  # type: ignore[arg-type]  # it asks no more of a bus


async def test_messages_of_a_time_that_never_was_are_complained_of(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, next_relay: Relay, database: Database
) -> None:
    await note(works, known_tenant, "a", "b", "c")
    await drain(relay)
    await do(database, (_GO_BACK, 2), (_REACHED_BEFORE, 2))
    await next_relay.recover()
    assert await next_relay.note_strangers() == {TOPIC: 2}


async def test_what_could_not_be_marked_any_more_is_nothing_strange(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, next_relay: Relay, recorder: RecordingBus
) -> None:
    await note(works, known_tenant, "a")
    await drain(relay)
    await note(works, known_tenant, "b", "c")
    recorder.break_after_publish = True
    with pytest.raises(ConnectionError):
        await relay.relay_once()
    await next_relay.recover()
    assert await next_relay.note_strangers() == {}


async def test_a_bus_made_anew_gets_all_that_an_old_backup_has(
    works: Works[UnitOfWork], known_tenant: UUID, next_relay: Relay, recorder: RecordingBus, database: Database
) -> None:
    """Its rows are older than they are kept, and timers begin at once."""
    await note(works, known_tenant, "a")
    await drain(Relay(database, recorder))  # type: ignore[arg-type]  # it asks no more of a bus
    await do(database, ("UPDATE outbox SET published_at = published_at - make_interval(days => $1)", 20))
    recorder.log, recorder.log_id = [], "second"
    await next_relay.forget()
    await drain(next_relay)
    assert recorder.notes() == ["a"]
