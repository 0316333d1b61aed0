"""The whole of Steelyard as installations run it, over either bus, with a company in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Literal

import aiohttp
import httpx

from benchmarks.company import SCOPES, Company, found
from benchmarks.ground import Ground
from benchmarks.installation import UNLIMITED, Installation, install
from benchmarks.load import OBSERVATIONS, Sender
from deploy.demo.client import Caller
from deploy.distributed import topology as distributed
from deploy.distributed.bus import bus_url
from deploy.distributed.ports import read_ports
from deploy.standalone import topology as standalone
from deploy.standalone.postgres import HOST
from deploy.standalone.settings import Settings
from deploy.tenants import create_tenant
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus

BusName = Literal["postgres", "kafka"]
TITLES: dict[BusName, str] = {"postgres": "standalone", "kafka": "Kafka"}
_TOPOLOGIES = {"postgres": standalone, "kafka": distributed}
_PEOPLE = 300
_OWN = {"STEELYARD_DANGEROUS_ALLOW_PRIVATE_TARGETS": "1", **UNLIMITED}
"""The receiver is local."""


@dataclass(frozen=True, slots=True)
class Stack:
    installation: Installation
    company: Company
    sender: Sender
    """Posts where observations go in: at the one process of a standalone stack, else at the connector itself."""
    bus: Bus
    hr: Caller


@asynccontextmanager
async def running_stack(ground: Ground, name: str, bus: BusName) -> AsyncIterator[Stack]:
    """Start it and found the company. Raises Absent where there can be no Kafka."""
    installation = await install(ground, name, bus=bus)
    settings = installation.settings
    topology = _TOPOLOGIES[bus]
    programs = await asyncio.to_thread(topology.programs, settings, _OWN, ())
    async with (
        installation.running(programs, await asyncio.to_thread(topology.probed, settings)),
        httpx.AsyncClient(base_url=settings.base_url, timeout=60) as http,
        aiohttp.ClientSession() as session,
    ):
        tenant_id = (await create_tenant(settings, name="Bench", admin="admin", sandbox=True)).id
        admin = Caller(http, partial(_given, installation.admin_token(tenant_id)))
        hr = Caller(http, partial(_given, installation.token(tenant_id, *SCOPES)))
        company = await found(tenant_id, admin=admin, hr=hr, people=_PEOPLE)
        sender = Sender(session, _door(settings) + OBSERVATIONS, token=installation.token(tenant_id, *SCOPES))
        connected = connect_bus(await asyncio.to_thread(bus_url, settings))
        try:
            yield Stack(installation, company, sender, connected, hr)
        finally:
            await connected.close()


def _door(settings: Settings) -> str:
    ports = read_ports(settings.run / "ports.json") if settings.bus == "kafka" else {}
    return f"http://{HOST}:{ports.get('connector-app', settings.port)}"


async def _given(token: str) -> str:
    return token
