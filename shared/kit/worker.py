"""The worker process of a service: relay, consumers and timers, each restarted when it fails, stopped together."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from shared.kit.log import get_logger

_LONGEST_PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class Loop:
    """Something that runs until cancelled; an error ends one run of it, and it is run again."""

    name: str
    run: Callable[[], Awaitable[object]]


def every(name: str, interval: timedelta, action: Callable[[], Awaitable[object]]) -> Loop:
    """Make a timer: `action` at once, then again `interval` after each end."""

    async def run() -> NoReturn:
        while True:
            await action()
            await asyncio.sleep(interval.total_seconds())

    return Loop(name, run)


async def run_loops(loops: Sequence[Loop], stop: asyncio.Event) -> None:
    """Keep all loops running until `stop` is set, then cancel them and wait for them to clean up."""
    tasks = [asyncio.create_task(_keep_running(loop), name=loop.name) for loop in loops]
    try:
        await stop.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_running(loop: Loop) -> NoReturn:
    log = get_logger(__name__).bind(loop=loop.name)
    pause = 0.1
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await loop.run()
        except Exception:
            log.exception("loop.failed")
        lasted = asyncio.get_running_loop().time() - started
        pause = 0.1 if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
