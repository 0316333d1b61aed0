"""The `work` process: every service's relay, consumer and timers, and the keeper of the bus."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

from deploy.standalone.database import runtime_urls
from deploy.standalone.process import keep_what_is_loaded, run_until_told
from deploy.standalone.services import wire_services
from deploy.standalone.settings import Settings
from shared.contracts.topics import TOPICS
from shared.kit.bus.postgres.bus import PostgresBus
from shared.kit.bus.postgres.log import SCHEMA as BUS
from shared.kit.holdings.erasing import erased
from shared.kit.worker import Loop, every, once_ready, run_loops

POOL = 6


def run(settings: Settings) -> None:
    run_until_told(partial(work, settings))


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Keep all loops running until told to stop."""
    bus = PostgresBus(runtime_urls(settings)[BUS])
    # One pool of the bus for all: each service's own would take connections the server does not have.
    wirings = {name: replace(wiring, bus=bus) for name, wiring in wire_services(settings, pool=POOL).items()}
    loops = [loop for name, wiring in wirings.items() for loop in _loops_of(name, wiring)]
    keep_what_is_loaded()
    try:
        keeping = (
            every("bus.forget", timedelta(hours=1), partial(_forget, bus)),
            every("bus.erase", timedelta(seconds=10), partial(_erase, bus, wirings, set())),
        )
        await run_loops([*loops, *keeping], stop)
    finally:
        for wiring in wirings.values():
            await wiring.database.close()
        await bus.close()


def _loops_of(service: str, wiring: Any) -> Iterable[Loop]:  # noqa: ANN401 -- each service has its own
    loops: Sequence[Loop] = import_module(f"services.{service}.worker").build_loops(wiring)
    return once_ready(loops, wiring.database.ping)


async def _forget(bus: PostgresBus) -> None:
    for topic in TOPICS:
        await bus.forget(topic=topic.name, days=topic.retention_days)


async def _erase(bus: PostgresBus, wirings: Mapping[str, Any], done: set[bytes]) -> None:
    """Delete what was said of tenants that all services have erased, once; `done` remembers of whom."""
    gone = [await erased(wiring.database) for wiring in wirings.values()]
    if new := frozenset.intersection(*gone) - done:
        await bus.erase(new)
        done |= new
