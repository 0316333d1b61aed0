"""Ingest → score → event: from the first request until every change of a score is on the bus, against COPY."""

import asyncio
import time
from functools import partial

import asyncpg

from benchmarks.copying import Copied
from benchmarks.ground import Ground
from benchmarks.harness import Figure, Goal, compare
from benchmarks.observations import BATCH
from benchmarks.stack import TITLES, BusName, Stack, running_stack
from shared.contracts.topics import OBSERVATIONS

_AT_ONCE = 8
_LOOK_SECONDS = 0.02
_PATIENCE_SECONDS = 600.0
_WAITING = "SELECT EXISTS (SELECT FROM {service}.outbox WHERE published_at IS NULL)"
_COUNTED = "SELECT (SELECT count(*) FROM connector.observations), (SELECT count(*) FROM performance.observations)"


async def run(ground: Ground, bus: BusName) -> list[Figure]:
    """Give observations a second."""
    rows = ground.sized(16, 60) * BATCH
    async with running_stack(ground, f"pipeline_{bus}", bus) as stack:
        connection = await stack.installation.connect()
        try:
            copied = Copied(connection)
            await copied.begin()
            compared = await compare(
                lambda: _through(stack, connection, rows), lambda: copied.copy(rows), rounds=ground.sized(5, 7)
            )
            await _require_counted(connection)
        finally:
            await connection.close()
    name = f"ingest → score → event, {TITLES[bus]}"
    return [compared.figure(name, "observations/s", goal=Goal("ratio", "at_least", 0.2))]


standalone = partial(run, bus="postgres")
kafka = partial(run, bus="kafka")


async def _through(stack: Stack, connection: asyncpg.Connection, rows: int) -> float:
    bodies = [stack.company.crm.body() for _ in range(rows // BATCH)]
    began = time.perf_counter()
    await stack.sender.post_all(bodies, at_once=_AT_ONCE)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not await _drained(stack, connection):  # noqa: ASYNC110 -- it is in other processes
            await asyncio.sleep(_LOOK_SECONDS)
    return rows / (time.perf_counter() - began)


async def _drained(stack: Stack, connection: asyncpg.Connection) -> bool:
    """Look along the way, in its direction: what a place has let go of is at the next one or further on."""
    if await connection.fetchval(_WAITING.format(service="connector")):
        return False
    if any((await stack.bus.lag(group="performance", topics=[OBSERVATIONS.name])).values()):
        return False
    return not await connection.fetchval(_WAITING.format(service="performance"))


async def _require_counted(connection: asyncpg.Connection) -> None:
    taken, counted = await connection.fetchrow(_COUNTED)
    if taken != counted:
        raise RuntimeError(f"the connector took {taken} observations, the engine counts {counted}")
