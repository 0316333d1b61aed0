"""A process of the standalone stack: the fastest event loop there is, and a graceful end when it is told to leave."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable

from uvicorn.loops.auto import auto_loop_factory

from shared.kit.log import configure_logging

Main = Callable[[asyncio.Event], Awaitable[None]]
"""Works until the event it is given is set, and cleans up."""


_YOUNG_OBJECTS = 20_000
"""Allocations between two collections; a batch of a thousand items makes this many that live for one request."""


def keep_what_is_loaded() -> None:
    """Leave everything loaded so far out of garbage collection, and collect the young less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)
    gc.enable()


def run_until_told(main: Main) -> None:
    """Run `main`, which says when all is loaded; SIGTERM and SIGINT set its event."""
    gc.disable()  # while everything is loaded nothing is given up, and to look for it took an eighth of a start
    configure_logging()
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_listening(main))


async def _listening(main: Main) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await main(stop)
