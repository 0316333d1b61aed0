"""The relay: everything committed leaves, in order, and nothing that was not."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.envelope import read_head
from shared.contracts.topics import Topic
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import MAX_MESSAGE_BYTES, Bus, Extent, Message, Place
from shared.kit.db import Database
from shared.kit.outbox import EventTooLarge, add_to_outbox, channel_of
from shared.kit.reach import LostMessages
from shared.kit.relay import Relay
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.installation import Installation
from tests.factories.waiting import eventually
from tests.integration.kit.conftest import NoteTaken

pytestmark = pytest.mark.anyio
TOPIC = NoteTaken.topic.name


class RecordingBus:
    """A bus that keeps what it was given, and can be told to break after keeping it, or to lose what it kept."""

    def __init__(self) -> None:
        self.log_id = "first"
        self.log: list[Message] = []
        self.messages: list[Message] = []
        """Everything ever appended."""
        self.break_after_publish = False

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        first = len(self.log)
        self.log += messages
        self.messages += messages
        if self.break_after_publish:
            self.break_after_publish = False
            raise ConnectionError("cut after the append")
        return [Place(0, first + ordinal) for ordinal in range(len(messages))]

    async def extent(self, topics: Sequence[str]) -> Extent:
        return Extent(self.log_id, {(topic, 0): len(self.log) for topic in topics})

    async def prepare(self, topics: Sequence[Topic]) -> None:
        """Need nothing."""

    def notes(self, *, since: int = 0) -> list[str]:
        """Read what the log holds from an offset on."""
        return [note_of(message) for message in self.log[since:]]


def note_of(message: Message) -> str:
    return NoteTaken.model_validate_json(bytes(read_head(message.value).data)).note


async def note(works: Works[UnitOfWork], tenant_id: UUID, *notes: str, commit: bool = True) -> None:
    async with works.begin(tenant_id) as uow:
        for text in notes:
            uow.publish(NoteTaken(about="one", note=text))
        if commit:
            await uow.commit()


async def drain(relay: Relay) -> None:
    """Do what a running relay does: look whether the bus is whole, and publish until nothing waits."""
    await relay.recover()
    while True:
        try:
            if not await relay.relay_once():
                return
        except LostMessages:
            await relay.recover()


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


async def test_a_broker_that_lost_its_disk_gets_everything_again(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    await note(works, known_tenant, "a", "b", "c")
    await drain(relay)
    recorder.log, recorder.log_id = [], "second"
    await note(works, known_tenant, "d")
    await drain(relay)
    assert recorder.notes() == ["a", "b", "c", "d"]
    await drain(relay)
    assert recorder.notes() == ["a", "b", "c", "d"]


async def test_a_log_that_became_shorter_gets_its_tail_again_where_no_group_has_passed(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    await note(works, known_tenant, "a", "b", "c", "d", "e")
    await drain(relay)
    del recorder.log[3:]
    await drain(relay)
    assert recorder.notes() == ["a", "b", "c", "d", "e", "d", "e"]
    assert recorder.notes(since=5) == ["d", "e"]
    await note(works, known_tenant, "f")
    await drain(relay)
    assert recorder.notes(since=7) == ["f"]


async def test_a_loss_between_two_looks_is_seen_by_the_place_of_the_next_message(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    await note(works, known_tenant, "a", "b", "c")
    await drain(relay)
    del recorder.log[1:]
    await note(works, known_tenant, "d")
    with pytest.raises(LostMessages):
        await relay.relay_once()
    await drain(relay)
    assert set(recorder.notes(since=3)) == {"b", "c", "d"}


async def test_the_next_relay_remembers_what_was_acknowledged_to_the_one_before(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus, database: Database
) -> None:
    await note(works, known_tenant, "a", "b")
    await drain(relay)
    recorder.log, recorder.log_id = [], "second"
    await drain(Relay(database, recorder))  # type: ignore[arg-type]  # a relay asks no more of a bus
    assert recorder.notes() == ["a", "b"]


async def test_a_log_in_postgresql_that_was_emptied_is_filled_again(
    works: Works[UnitOfWork], known_tenant: UUID, database: Database, bus: Bus, installation: Installation
) -> None:
    relay = Relay(database, bus)
    await note(works, known_tenant, "a", "b")
    await drain(relay)
    before = (await bus.extent([TOPIC])).ends[TOPIC, 0]
    await empty_log(installation)
    await drain(relay)
    after = (await bus.extent([TOPIC])).ends[TOPIC, 0]
    assert after >= before + 2
    assert await places_of(database) == [(0, after - 2), (0, after - 1)]


@pytest.mark.needs("kafka")
async def test_a_kafka_topic_that_was_deleted_is_made_and_filled_again(
    works: Works[UnitOfWork], known_tenant: UUID, database: Database, kafka_url: str
) -> None:
    bus = connect_bus(kafka_url)
    try:
        await bus.prepare([NoteTaken.topic])
        relay = Relay(database, bus)
        await note(works, known_tenant, "a", "b")
        await drain(relay)
        before = (await bus.extent([TOPIC])).ends[TOPIC, 0]
        await delete_topic(kafka_url)
        await bus.prepare([NoteTaken.topic])
        await drain(relay)
        after = (await bus.extent([TOPIC])).ends[TOPIC, 0]
    finally:
        await bus.close()
    assert after >= before + 2
    assert await places_of(database) == [(0, after - 2), (0, after - 1)]


async def test_commits_wake_the_running_relay_and_a_standby_takes_over(
    works: Works[UnitOfWork], known_tenant: UUID, database: Database
) -> None:
    recorder = RecordingBus()
    stops = [asyncio.Event(), asyncio.Event()]
    first, second = (
        asyncio.create_task(Relay(database, recorder).run(stop))  # type: ignore[arg-type]  # it asks no more of a bus
        for stop in stops
    )

    async def heard(*notes: str) -> None:
        async def all_heard() -> bool:
            return recorder.notes() == list(notes)

        await eventually(all_heard)

    await note(works, known_tenant, "a")
    await heard("a")
    stops[0].set()
    await first
    await note(works, known_tenant, "b")
    await heard("a", "b")
    stops[1].set()
    await second


async def test_a_relay_that_never_runs_out_of_work_stops_when_told(
    works: Works[UnitOfWork], known_tenant: UUID, database: Database
) -> None:
    recorder, stop = RecordingBus(), asyncio.Event()
    append = recorder.publish

    async def append_and_commit_another(messages: Sequence[Message]) -> Sequence[Place]:
        await note(works, known_tenant, "more")
        if len(recorder.log) > 3:
            stop.set()
        return await append(messages)

    recorder.publish = append_and_commit_another  # type: ignore[method-assign]  # work that makes work
    await note(works, known_tenant, "first")
    async with asyncio.timeout(30):
        await Relay(database, recorder).run(stop)  # type: ignore[arg-type]  # it asks no more of a bus
    assert None not in (await places_of(database))[: len(recorder.log)]


async def test_one_wake_up_may_stand_for_many_commits(
    works: Works[UnitOfWork], known_tenant: UUID, database: Database
) -> None:
    listener = await database.listener()
    rung: list[str] = []
    await listener.add_listener(channel_of(database), lambda *_: rung.append("rung"))
    try:
        await asyncio.gather(*(note(works, known_tenant, str(number)) for number in range(40)))

        async def heard() -> bool:
            await listener.execute("SELECT 1")
            return bool(rung)

        await eventually(heard)
    finally:
        await listener.close()
    assert 1 <= len(rung) < 40


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
        await relay.forget()
        rows = await listener.fetch("SELECT topic, position FROM outbox ORDER BY position")
    finally:
        await listener.close()
    assert [tuple(row) for row in rows] == [("test.notes", 2), ("test.notes", 3), ("test.notes.dead", 4)]


async def places_of(database: Database) -> list[tuple[int, int]]:
    connection = await database.listener()
    try:
        rows = await connection.fetch('SELECT partition, "offset" FROM outbox ORDER BY position')
        return [(row["partition"], row["offset"]) for row in rows]
    finally:
        await connection.close()


async def empty_log(installation: Installation) -> None:
    """Lose one topic of the log, as a restored backup without it would."""
    connection = await asyncpg.connect(installation.admin_url.replace("+asyncpg", "", 1))
    try:
        await connection.execute("DELETE FROM bus.log WHERE topic = $1", TOPIC)
        await connection.execute("DELETE FROM bus.head WHERE topic = $1", TOPIC)
    finally:
        await connection.close()


async def delete_topic(kafka_url: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url.removeprefix("kafka://"))
    await admin.start()
    try:
        await admin.delete_topics([TOPIC])

        async def gone() -> bool:
            return TOPIC not in await admin.list_topics()

        await eventually(gone)
    finally:
        await admin.close()
