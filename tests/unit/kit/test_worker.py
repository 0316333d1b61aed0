"""A worker keeps its loops running, tells which of them fail, and lets them finish when told to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from shared.core.errors import Unavailable
from shared.kit import worker as worker_module
from shared.kit.worker import Loop, Worker, every, once_ready, progressed
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def running(worker: Worker, *, drain: float = 10) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop, drain=drain))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def until(holds: Callable[[], bool]) -> None:
    async def answer() -> bool:
        return holds()

    await eventually(answer)


async def test_a_loop_that_fails_is_run_again_and_named() -> None:
    runs = 0

    async def fail_twice(stop: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise ConnectionError("away")
        await stop.wait()

    worker = Worker([Loop("shaky", fail_twice)])
    async with running(worker):
        await until(lambda: runs == 3)
        assert worker.failing == {"shaky"}


async def test_a_loop_begins_once_it_makes_sense() -> None:
    behind, ran = True, asyncio.Event()

    async def ready() -> None:
        if behind:
            raise Unavailable("not_migrated", "The database has the schema of an older version.")

    async def run(stop: asyncio.Event) -> None:
        ran.set()
        await stop.wait()

    worker = Worker(once_ready([Loop("eager", run)], ready))
    async with running(worker):
        await until(lambda: worker.failing == {"eager"})
        assert not ran.is_set()
        behind = False
        await until(ran.is_set)


async def test_a_loop_that_tells_of_its_progress_fails_until_it_has_got_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose publishes hang for long before they fail lasts each time, and gets nothing done."""
    monkeypatch.setattr(worker_module, "_SETTLED_SECONDS", 0.0)
    lasted, gets_on = asyncio.Event(), asyncio.Event()
    runs = 0

    async def hang(stop: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise TimeoutError
        asyncio.get_running_loop().call_later(0.01, lasted.set)  # behind the moment at which others count as sound
        await gets_on.wait()
        progressed()
        await stop.wait()

    worker = Worker([Loop("hanging", hang, tells=True)])
    async with running(worker):
        await lasted.wait()
        assert worker.failing == {"hanging"}
        gets_on.set()
        await until(lambda: not worker.failing)


async def test_a_loop_that_tells_nothing_is_sound_once_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_SETTLED_SECONDS", 0.01)
    runs = 0

    async def fail_once(stop: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ConnectionError("away")
        await stop.wait()

    worker = Worker([Loop("shaky", fail_once)])
    async with running(worker):
        await until(lambda: runs == 2 and not worker.failing)


async def test_a_timer_is_sound_again_once_it_has_acted() -> None:
    acts, fails = 0, True

    async def act() -> None:
        nonlocal acts
        acts += 1
        if fails:
            raise ConnectionError("away")

    worker = Worker([every("tick", timedelta(milliseconds=1), act)])
    async with running(worker):
        await until(lambda: acts >= 2)
        assert worker.failing == {"tick"}
        fails = False
        await until(lambda: not worker.failing)


async def test_what_is_in_hand_is_finished_before_the_end() -> None:
    begun, finished = asyncio.Event(), asyncio.Event()

    async def finish_later(stop: asyncio.Event) -> None:
        begun.set()
        await stop.wait()
        await asyncio.sleep(0)
        finished.set()

    async with running(Worker([Loop("orderly", finish_later)])):
        await begun.wait()
    assert finished.is_set()


async def test_who_does_not_finish_by_the_deadline_is_cancelled() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def hang(_: asyncio.Event) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with running(Worker([Loop("stuck", hang)]), drain=0.01):
        await begun.wait()
    assert cancelled.is_set()


async def test_a_timer_acts_again_and_again_and_ends_between_two_acts() -> None:
    acts = 0

    async def act() -> None:
        nonlocal acts
        acts += 1

    async with running(Worker([every("tick", timedelta(milliseconds=1), act)])):
        await until(lambda: acts >= 3)


async def test_a_timer_with_a_long_interval_ends_at_once() -> None:
    acted = asyncio.Event()

    async def act() -> None:
        acted.set()

    async with asyncio.timeout(5), running(Worker([every("hourly", timedelta(hours=1), act)])):
        await acted.wait()


async def test_a_loop_that_ends_as_cancelled_though_nobody_cancelled_it_is_run_again() -> None:
    """A library may let out the end of a task of its own."""
    runs = 0

    async def cancelled_at_first(stop: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            stranger = asyncio.create_task(asyncio.sleep(60))
            stranger.cancel()
            await stranger
        await stop.wait()

    worker = Worker([Loop("shaky", cancelled_at_first)])
    async with running(worker):
        await until(lambda: runs == 2)
        assert worker.failing == {"shaky"}
