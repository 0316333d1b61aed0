"""A read through the gateway against the same read asked of its service: time of processors, and requests a second."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp

from benchmarks.events import TENANT, TENANT_CHANGED
from benchmarks.ground import Ground
from benchmarks.harness import Comparison, Figure, Goal, compare
from benchmarks.installation import UNLIMITED, Installation, install
from benchmarks.processes import Watched, under_load
from benchmarks.wire import Load
from deploy.distributed import topology
from deploy.distributed.ports import choose_ports
from deploy.standalone.postgres import HOST
from deploy.standalone.services import wire_service
from deploy.standalone.supervisor import Program
from shared.kit.tenancy import keep_tenant

_CONNECTIONS = 64
_ARCHIVE, _GATEWAY = "archive-app", "gateway-app"


async def run(ground: Ground) -> list[Figure]:
    """Give what a request costs the gateway, and how many pass in a second."""
    installation = await install(ground, "gateway")
    async with fronted(installation, {"archive": _ARCHIVE}) as front:
        target = await _department(installation, front.url(_ARCHIVE))
        course = _Course(installation, front, target, seconds=float(ground.sized(4, 15)))
        throughput = await compare(course.through, course.direct, rounds=ground.sized(7, 9))
    cost = Comparison(course.gateway_cpu[1:], course.archive_cpu[1:])
    return [
        cost.figure("gateway, processor per request", "µs", goal=Goal("ratio", "at_most", 0.6)),
        throughput.figure("gateway, 64 connections", "requests/s", goal=Goal("ratio", "at_least", 0.7)),
    ]


@dataclass(frozen=True, slots=True)
class Front:
    """A gateway in front of something."""

    ports: Mapping[str, int]

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"


@asynccontextmanager
async def fronted(
    installation: Installation, behind: Mapping[str, str | int], beside: Mapping[int, Program] | None = None
) -> AsyncIterator[Front]:
    """Run the gateway before these services: processes of the installation, or ports of what is to run `beside`."""
    settings = installation.settings
    ports = await asyncio.to_thread(choose_ports, settings.run / "ports.json", topology.NAMES)
    around = await asyncio.to_thread(topology.surroundings, settings, ports)
    listening = {service: ports[at] if isinstance(at, str) else at for service, at in behind.items()}
    upstreams = {service: f"http://{HOST}:{port}" for service, port in listening.items()}
    around = replace(around, upstreams=upstreams)
    names = [*(at for at in behind.values() if isinstance(at, str)), _GATEWAY]
    others = {program.name: port for port, program in (beside or {}).items()}
    programs = [topology.program(name, ports, around, given=UNLIMITED) for name in names]
    async with installation.running(
        [*(beside or {}).values(), *programs], {**others, **{name: ports[name] for name in names}}
    ):
        yield Front({**ports, **others})


@dataclass
class _Course:
    installation: Installation
    front: Front
    target: str
    seconds: float
    gateway_cpu: list[float] = field(default_factory=list)
    """Microseconds of each request that went through it."""
    archive_cpu: list[float] = field(default_factory=list)
    """Of each request that came to it without a gateway."""

    async def through(self) -> float:
        return await self._asked(_GATEWAY, self.gateway_cpu)

    async def direct(self) -> float:
        return await self._asked(_ARCHIVE, self.archive_cpu)

    async def _asked(self, name: str, costs: list[float]) -> float:
        token = self.installation.token(TENANT, "employees:read")
        load = Load(self.front.url(name) + self.target, token, _CONNECTIONS, self.seconds)
        process = Watched(self.installation.pid(name))
        before = process.cpu_seconds()
        async with under_load(load) as outcome:
            if outcome.lost:
                raise RuntimeError(f"{outcome.lost} of {outcome.answered + outcome.lost} requests were lost")
            costs.append(1_000_000 * (process.cpu_seconds() - before) / outcome.answered)
            return outcome.answered / outcome.seconds


async def _department(installation: Installation, url: str) -> str:
    """Let the archive know a tenant with a department; gives the department's path."""
    wiring = wire_service(installation.settings, "archive", pool=2)
    try:
        async with wiring.database.transaction() as tx:
            await keep_tenant(tx, TENANT_CHANGED)
            await tx.commit()
    finally:
        await wiring.database.close()
        await wiring.bus.close()
    headers = {"Authorization": f"Bearer {installation.token(TENANT, 'employees:read', 'employees:write')}"}
    body = {"code": "SALES", "name": "Sales"}
    async with (
        aiohttp.ClientSession(headers=headers, raise_for_status=True) as session,
        session.post(f"{url}/v1/departments", json=body) as response,
    ):
        return f"/v1/departments/{(await response.json())['id']}"
