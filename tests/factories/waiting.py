"""Waiting in tests: look again until it holds or the deadline passes, never merely sleep."""

import asyncio
from collections.abc import Awaitable, Callable

DEADLINE_SECONDS = 30.0


async def eventually(holds: Callable[[], Awaitable[bool]], *, seconds: float = DEADLINE_SECONDS) -> None:
    """Poll until `holds` answers true; fail once the deadline has passed."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not await holds():
        assert loop.time() < deadline, "the deadline has passed"
        await asyncio.sleep(0.02)
