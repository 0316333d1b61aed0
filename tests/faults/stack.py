"""The whole installation under faults: PostgreSQL and Kafka behind proxies, every service as several processes."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp
from sqlalchemy.engine import make_url

from deploy.distributed.ports import choose_ports
from deploy.distributed.surroundings import Surroundings
from deploy.kafka.broker import Kafka
from deploy.migrate import SERVICES
from deploy.standalone.database import prepare, runtime_urls
from deploy.standalone.postgres import HOST, Postgres
from deploy.standalone.secrets import keys
from deploy.standalone.settings import Settings
from shared.contracts.topics import TOPICS
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus
from tests.factories.installation import PLENTY
from tests.factories.waiting import eventually
from tests.faults.direct import Direct
from tests.faults.herd import Herd, Program
from tests.faults.points import Orders
from tests.faults.proxies import Proxies, proxying
from tests.faults.watch import Watch

SHARED = ("connector", "performance", "notifier")
"""Where the work is, two workers share it, so that one takes over from the other."""
POOL = 6
"""Connections each process keeps, and may double: thirteen processes share PostgreSQL's hundred."""
FRONT = "gateway-app"
SINGLE = tuple(f"{service}-{kind}" for service in SERVICES for kind in ("app", "worker-1"))
NAMES = (*SINGLE, *(f"{service}-worker-2" for service in SHARED))
READY_SECONDS = 90.0


@dataclass
class Stack:
    """Everything that runs, and the ways to hurt it."""

    settings: Settings
    postgres: Postgres
    kafka: Kafka
    proxies: Proxies
    herd: Herd
    orders: Orders
    bus: Bus
    direct: Direct
    watch: Watch
    ports: Mapping[str, int]
    names: Sequence[str]
    """The services' processes."""

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.ports[FRONT]}"

    async def restart_postgres(self) -> None:
        """Bring PostgreSQL back and lead everybody to where it listens now."""
        url = await asyncio.to_thread(self.postgres.start)
        self.direct.move(url)
        await self.proxies.aim("postgres", make_url(url).port or 0)

    async def restart_kafka(self) -> None:
        await asyncio.to_thread(self.kafka.start)
        await self.proxies.aim("kafka", self.kafka.port)

    async def until_alive(self, name: str, *, seconds: float = READY_SECONDS) -> None:
        """Wait until a process answers."""
        await self._until(name, "/healthz", seconds)

    async def until_ready(self) -> None:
        """Wait until every process has all that it needs."""
        for name in self.names:
            await self._until(name, "/readyz", READY_SECONDS)

    async def _until(self, name: str, path: str, seconds: float) -> None:
        url = f"http://{HOST}:{self.herd.named(name).health_port}{path}"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            await eventually(partial(_answers, session, url), seconds=seconds)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


@asynccontextmanager
async def running(folder: Path, *, libraries: Path, names: Sequence[str]) -> AsyncIterator[Stack]:
    """Start everything afresh in `folder`, and leave nothing of it running afterwards."""
    await asyncio.to_thread(_make_anew, folder, libraries)
    ports = choose_ports(folder / "ports.json", (*names, "postgres", "kafka"))
    settings = Settings(var=folder, port=ports[FRONT])
    postgres = Postgres(settings.postgres)
    kafka = Kafka(settings.kafka, libraries=libraries, advertised_port=ports["kafka"])
    async with AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, postgres.stop)
        stack.push_async_callback(asyncio.to_thread, kafka.stop)
        admin_url, _ = await asyncio.gather(asyncio.to_thread(prepare, settings), asyncio.to_thread(kafka.start))
        routes = {"postgres": (ports["postgres"], make_url(admin_url).port or 0), "kafka": (ports["kafka"], kafka.port)}
        proxies = await stack.enter_async_context(proxying(routes))
        bus = connect_bus(kafka.url)
        stack.push_async_callback(bus.close)
        await bus.prepare(TOPICS)
        orders = Orders(settings.run / "orders")
        herd = Herd(_programs(settings, names, ports, bus_url=kafka.url), log=settings.log)
        direct = Direct(admin_url)
        stack.push_async_callback(direct.close)
        watch = Watch(bus, direct)
        stack.push_async_callback(herd.stop)
        herd.start()
        watch.start()
        stack.push_async_callback(watch.stop)
        yield Stack(settings, postgres, kafka, proxies, herd, orders, bus, direct, watch, ports, names)


def _make_anew(folder: Path, libraries: Path) -> None:
    """Begin with an empty folder; servers that a killed run has left in it are ended first."""
    left = Settings(var=folder)
    Postgres(left.postgres).stop()
    Kafka(left.kafka, libraries=libraries).stop()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _programs(settings: Settings, names: Sequence[str], ports: Mapping[str, int], *, bus_url: str) -> list[Program]:
    orders = settings.run / "orders"
    orders.mkdir(parents=True)
    around = Surroundings(
        databases={service: _through(ports["postgres"], url) for service, url in runtime_urls(settings).items()},
        bus=bus_url,
        upstreams={service: f"http://{HOST}:{ports[f'{service}-app']}" for service in SERVICES if service != "gateway"},
        keys=keys(settings),
        audit=settings.audit,
    )
    return [_program(name, ports[name], around, orders) for name in names]


def _program(name: str, port: int, around: Surroundings, orders: Path) -> Program:
    service, kind = name.split("-")[:2]
    command = (sys.executable, "-m", "tests.faults.process", kind, service, str(port), str(orders))
    own = {
        "STEELYARD_DANGEROUS_ALLOW_PRIVATE_TARGETS": "1",
        "STEELYARD_DATABASE_POOL": str(POOL),
        "STEELYARD_RATE_LIMITS": json.dumps(PLENTY),
        "STEELYARD_REQUESTS_IN_FLIGHT": "10000",
    }
    return Program(name, command, os.environ | around.environment_of(service) | own, port)


def _through(port: int, url: str) -> str:
    """Lead a database URL through the proxy."""
    return make_url(url).set(port=port).render_as_string(hide_password=False)
