"""What a broker has lost the relay publishes again."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from shared.contracts.topics import AUDIT, OBSERVATIONS, Topic
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus, Extent, Message, Place
from shared.kit.db import Database
from shared.kit.outbox import add_to_outbox
from shared.kit.reach import LostMessages
from shared.kit.relay import Relay
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.installation import Installation
from tests.factories.waiting import eventually
from tests.integration.kit.recording import TOPIC, NoteTaken, RecordingBus, drain, note, note_of, places_of

pytestmark = pytest.mark.anyio


class Preparing(RecordingBus):
    """A bus on which there are no topics but the test's own until they are made."""

    def __init__(self) -> None:
        super().__init__()
        self.topics = {TOPIC}

    async def prepare(self, topics: Sequence[Topic]) -> None:
        self.topics |= {topic.name for topic in topics}

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        if missing := {message.topic for message in messages} - self.topics:
            raise UnknownTopicOrPartitionError(missing)
        return await super().publish(messages)

    async def extent(self, topics: Sequence[str]) -> Extent:
        return await super().extent([topic for topic in topics if topic in self.topics])


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


async def test_a_log_that_lost_more_than_there_are_rows_is_another_one(
    works: Works[UnitOfWork], known_tenant: UUID, relay: Relay, recorder: RecordingBus
) -> None:
    """Else the one row of this week would be published as often as there were messages in the years before."""
    await note(works, known_tenant, "a")
    await drain(relay)
    recorder.log += recorder.log * 3000
    await note(works, known_tenant, "b")
    await drain(relay)
    recorder.log, recorder.messages = [], []
    await note(works, known_tenant, "c")
    await drain(relay)
    assert list(map(note_of, recorder.messages)) == ["a", "b", "c"]
    await note(works, known_tenant, "d")
    await drain(relay)
    assert recorder.notes() == ["a", "b", "c", "d"]


async def test_where_others_write_too_everything_comes_again(
    works: Works[UnitOfWork], relay: Relay, recorder: RecordingBus, database: Database
) -> None:
    """They may have filled a log that was emptied up to where rows of ours lay."""
    ours, theirs = ([Message(AUDIT.name, "k", value) for value in values] for values in ([b"a", b"b"], [b"x"]))
    async with database.transaction() as tx:
        await add_to_outbox(tx, [(works.ids.new(), message) for message in ours])
        await tx.commit()
    await drain(relay)
    recorder.log = theirs
    await drain(relay)
    assert {message.value for message in recorder.log} == {b"x", b"a", b"b"}


async def test_topics_for_the_dead_letters_of_other_services_are_made_too(
    works: Works[UnitOfWork], known_tenant: UUID, database: Database
) -> None:
    """Their own relays may be away, and a batch with a letter among it would not leave."""
    bus = Preparing()
    dead = Message(OBSERVATIONS.dead_letters.name, "k", b"poison", (("group", "notes"),))
    async with database.transaction() as tx:
        await add_to_outbox(tx, [(works.ids.new(), dead)])
        await tx.commit()
    await note(works, known_tenant, "a")
    await drain(Relay(database, bus))  # type: ignore[arg-type]  # a relay asks no more of a bus
    assert bus.notes(since=1) == ["a"]


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
