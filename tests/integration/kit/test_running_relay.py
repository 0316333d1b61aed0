"""A relay that runs: woken by commits, stopped when told, one at a time."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from shared.kit.bus.port import Message, Place
from shared.kit.db import Database
from shared.kit.outbox import channel_of
from shared.kit.relay import Relay
from shared.kit.unit_of_work import UnitOfWork, Works
from shared.kit.worker import Loop, Worker
from tests.factories.waiting import eventually
from tests.integration.kit.recording import RecordingBus, note, places_of

pytestmark = pytest.mark.anyio


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


async def test_a_relay_counts_as_failing_until_it_has_published(
    works: Works[UnitOfWork], known_tenant: UUID, database: Database
) -> None:
    recorder, stop, away = RecordingBus(), asyncio.Event(), True
    append = recorder.publish

    async def append_unless_away(messages: Sequence[Message]) -> Sequence[Place]:
        if away:
            raise ConnectionError("away")
        return await append(messages)

    recorder.publish = append_unless_away  # type: ignore[method-assign]  # a broker that is away
    await note(works, known_tenant, "a")
    worker = Worker([Loop("relay", Relay(database, recorder).run, tells=True)])  # type: ignore[arg-type]  # see above
    running = asyncio.create_task(worker.run(stop))

    async def fails() -> bool:
        return bool(worker.failing)

    async def is_sound() -> bool:
        return not worker.failing

    await eventually(fails)
    away = False
    await eventually(is_sound)
    assert recorder.notes() == ["a"]
    stop.set()
    await running


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
