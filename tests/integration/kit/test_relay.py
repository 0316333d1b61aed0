"""The relay: everything committed leaves, in order, and nothing that was not."""

from uuid import UUID

import pytest

from shared.kit.bus.port import MAX_MESSAGE_BYTES, Message
from shared.kit.db import Database
from shared.kit.outbox import EventTooLarge, add_to_outbox
from shared.kit.relay import Relay
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.integration.kit.recording import NoteTaken, RecordingBus, drain, note, places_of

pytestmark = pytest.mark.anyio


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


async def test_a_dead_letter_leaves_with_its_headers_and_an_event_says_what_it_is(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus, database: Database
) -> None:
    dead = Message("test.notes.dead", "k", b"poison", (("group", "notes"), ("reason", "not_found")))
    async with database.transaction() as tx:
        await add_to_outbox(tx, [(works.ids.new(), dead)])
        await tx.commit()
    await note(works, known_tenant, "a")
    await drain(relay)
    assert recorder.log[0] == dead
    assert dict(recorder.log[1].headers) == {"content-type": "application/cloudevents+json; charset=UTF-8"}


async def test_published_rows_know_their_place(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, database: Database
) -> None:
    await note(works, known_tenant, "a", "b", "c")
    await drain(relay)
    assert await places_of(database) == [(0, 0), (0, 1), (0, 2)]


async def test_an_event_that_no_bus_would_carry_fails_its_own_work(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    with pytest.raises(EventTooLarge):
        await note(works, known_tenant, "x" * MAX_MESSAGE_BYTES)
    await note(works, known_tenant, "a")
    await drain(relay)
    assert recorder.notes() == ["a"]


async def test_rows_are_kept_for_as_long_as_a_broker_may_have_to_be_refilled(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, database: Database
) -> None:
    await note(works, known_tenant, "eight days old", "seven days old, less a bit", "waiting")
    listener = await database.listener()
    try:
        await listener.execute(
            "UPDATE outbox SET published_at = now() - (9 - position) * interval '23.9 hours' WHERE position < 3"
        )
        await listener.execute(
            "INSERT INTO outbox (id, topic, key, payload, published_at)"
            " SELECT gen_random_uuid(), 'test.notes.dead', 'k', '', now() - days * interval '1 day'"
            " FROM unnest(ARRAY[29, 31]) AS days"
        )
        await relay.recover()
        await relay.forget()
        rows = await listener.fetch("SELECT topic, position FROM outbox ORDER BY position")
    finally:
        await listener.close()
    assert [tuple(row) for row in rows] == [("test.notes", 2), ("test.notes", 3), ("test.notes.dead", 4)]
