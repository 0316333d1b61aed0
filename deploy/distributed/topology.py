"""One machine, ten processes: an application and a worker of each service, over Apache Kafka."""

import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from deploy.distributed import topics
from deploy.distributed.bus import bus_url
from deploy.distributed.ports import choose_ports, read_ports
from deploy.distributed.surroundings import Surroundings
from deploy.migrate import SERVICES
from deploy.standalone.database import runtime_urls
from deploy.standalone.postgres import HOST
from deploy.standalone.secrets import keys
from deploy.standalone.settings import Settings
from deploy.standalone.supervisor import Program

FRONT = "gateway-app"
WORKERS = tuple(f"{service}-worker" for service in SERVICES)
NAMES = tuple(f"{service}-{kind}" for service in SERVICES for kind in ("app", "worker"))


def programs(settings: Settings, given: Mapping[str, str], running: Collection[str]) -> list[Program]:
    """Make the bus ready and say what is to run; every process is told what is `given`, and where the others are."""
    topics.prepare(settings)
    ports = choose_ports(_file(settings), NAMES, taken_by_us=running) | {FRONT: settings.port}
    around = surroundings(settings, ports)
    return [program(name, ports, around, given=given, host=_host(settings, name)) for name in NAMES]


def surroundings(settings: Settings, ports: Mapping[str, int]) -> Surroundings:
    """Say where processes that listen on these ports find database, bus, keys and each other."""
    behind = [service for service in SERVICES if f"{service}-app" != FRONT]
    return Surroundings(
        databases=runtime_urls(settings),
        bus=bus_url(settings),
        upstreams={service: f"http://{HOST}:{ports[f'{service}-app']}" for service in behind},
        keys=keys(settings),
        audit=settings.audit,
    )


def program(
    name: str, ports: Mapping[str, int], around: Surroundings, *, given: Mapping[str, str], host: str = HOST
) -> Program:
    service, _, kind = name.rpartition("-")
    command = (sys.executable, "-m", "deploy", kind, service, "--host", host, "--port", str(ports[name]))
    return Program(name, command, environment={**given, **around.environment_of(service)})


def probed(settings: Settings) -> dict[str, int]:
    """Give the ports whose `/readyz` says that all is ready; the gateway, asked last, asks the other applications."""
    ports = read_ports(_file(settings))
    return {**{name: ports[name] for name in WORKERS if name in ports}, FRONT: settings.port}


def _file(settings: Settings) -> Path:
    return settings.run / "ports.json"


def _host(settings: Settings, name: str) -> str:
    return settings.host if name == FRONT else HOST
