"""The worker process of a service: relay, consumers and timers, each restarted when it fails, stopped together."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from shared.core.errors import Unavailable
from shared.kit.faults import is_outage, name_of
from shared.kit.log import get_logger

DRAIN_SECONDS = 10.0
"""What loops get to finish what they have in hand before they are cancelled."""
_LONGEST_PAUSE = 5.0
_SETTLED_SECONDS = 3.0
"""A loop that has run for so long does not fail at present, unless it tells of its progress itself."""
_PROGRESS: ContextVar[Callable[[], None]] = ContextVar("progress", default=lambda: None)


@dataclass(frozen=True, slots=True)
class Loop:
    """Something that runs until its event is set, and leaves nothing half done then.

    An error ends one run of it, and it is run again.
    """

    name: str
    run: Callable[[asyncio.Event], Awaitable[object]]
    tells: bool = False
    """It calls `progressed` whenever it has got on, so that one that only begins anew does not look sound."""


def progressed() -> None:
    """Say, from within a loop, that what it is there for has just been done, or that there was nothing to do."""
    _PROGRESS.get()()


def every(name: str, interval: timedelta, action: Callable[[], Awaitable[object]]) -> Loop:
    """Make a timer: `action` at once, then again `interval` after each end."""

    async def run(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await action()
            progressed()
            await _pause(stop, interval.total_seconds())

    return Loop(name, run, tells=True)


def once_ready(loops: Sequence[Loop], ready: Callable[[], Awaitable[object]]) -> Sequence[Loop]:
    """Let each run of a loop begin with `ready`, which raises as long as there is no sense in it."""

    async def run(loop: Loop, stop: asyncio.Event) -> None:
        await ready()
        await loop.run(stop)

    return [replace(loop, run=partial(run, loop)) for loop in loops]


class Worker:
    """Keeps loops running, and knows which of them fail at present."""

    def __init__(self, loops: Sequence[Loop]) -> None:
        self._loops = tuple(loops)
        self._failing: set[str] = set()

    @property
    def failing(self) -> frozenset[str]:
        """Name the loops whose last run ended with an error and that have not got on since."""
        return frozenset(self._failing)

    async def run(self, stop: asyncio.Event, *, drain: float = DRAIN_SECONDS) -> None:
        """Keep all loops running until `stop` is set; then let them finish, and cancel what has not by the deadline."""
        tasks = [asyncio.create_task(self._keep_running(loop, stop), name=loop.name) for loop in self._loops]
        try:
            await stop.wait()
            if tasks:
                await asyncio.wait(tasks, timeout=drain)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_running(self, loop: Loop, stop: asyncio.Event) -> None:
        pause, clock = 0.1, asyncio.get_running_loop()
        _PROGRESS.set(partial(self._failing.discard, loop.name))
        while not stop.is_set():
            started = clock.time()
            settled = None if loop.tells else clock.call_later(_SETTLED_SECONDS, progressed)
            try:
                await loop.run(stop)
            except (Exception, asyncio.CancelledError) as error:  # whatever it was, the loop must go on
                if _is_cancelled():
                    raise
                self._failing.add(loop.name)
                _complain(loop, error)
            finally:
                if settled is not None:
                    settled.cancel()
            lasted = clock.time() - started
            pause = 0.1 if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
            await _pause(stop, pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret


async def run_loops(loops: Sequence[Loop], stop: asyncio.Event) -> None:
    """Keep loops running until `stop` is set, and wait for them to finish."""
    await Worker(loops).run(stop)


def _complain(loop: Loop, error: BaseException) -> None:
    """Log a failure: whole where it is news, in a word where a dependency is away, which may take long."""
    log = get_logger(__name__).bind(loop=loop.name)
    if is_outage(error) or isinstance(error, Unavailable):
        log.warning("loop.waiting", reason=name_of(error))
    else:
        log.error("loop.failed", exc_info=error)


def _is_cancelled() -> bool:
    """Tell whether somebody wants the running task to end; a library may let out the end of one of its own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
