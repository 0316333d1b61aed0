"""Follow the feed: what there is now, or, for who can wait, what comes next."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from services.notifier.usecases.ports import ChangesAsked, ChangesFound, Queries

LOOK_AGAIN = timedelta(milliseconds=500)


async def read_changes(
    queries: Queries, asked: ChangesAsked, *, wait: timedelta, pause: timedelta = LOOK_AGAIN
) -> ChangesFound:
    """Give changes within reach; where there are none yet, look again until there are or `wait` has passed.

    Raises Gone (`cursor_expired`).
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait.total_seconds()
    found = await queries.changes(asked)
    while not found.rows and not found.has_more and loop.time() < deadline:
        await asyncio.sleep(min(pause.total_seconds(), max(deadline - loop.time(), 0)))
        found = await queries.changes(replace(asked, after=found.position, latest=False))
    return found
