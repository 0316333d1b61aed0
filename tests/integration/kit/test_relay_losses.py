"""What a broker has lost the relay publishes again."""

from uuid import UUID

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus
from shared.kit.db import Database
from shared.kit.reach import LostMessages
from shared.kit.relay import Relay
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.installation import Installation
from tests.factories.waiting import eventually
from tests.integration.kit.recording import TOPIC, NoteTaken, RecordingBus, drain, note, places_of

pytestmark = pytest.mark.anyio


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
