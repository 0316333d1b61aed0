"""What journeys through a company's time share."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import date

from tests.journeys.conftest import World


async def set_clock(world: World, day: date) -> None:
    await world.admin.put("/v1/tenant/clock", {"now": f"{day.isoformat()}T12:00:00-08:00"})


async def at_once(jobs: Iterable[Callable[[], Awaitable[None]]], *, limit: int = 6) -> None:
    gate = asyncio.Semaphore(limit)

    async def one(job: Callable[[], Awaitable[None]]) -> None:
        async with gate:
            await job()

    await asyncio.gather(*(one(job) for job in jobs))
