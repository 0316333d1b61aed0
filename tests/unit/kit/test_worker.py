"""A worker keeps its loops running, tells which of them fail, and lets them finish when told to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from shared.kit.worker import Loop, Worker, every
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
