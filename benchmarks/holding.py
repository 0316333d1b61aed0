"""Five thousand open connections, eight hundred requests a second over them: the gateway against nginx."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.events import TENANT
from benchmarks.ground import Absent, Ground
from benchmarks.harness import Comparison, Figure, Goal, compare, spread_of
from benchmarks.installation import Installation, install
from benchmarks.passing import Front, fronted
from benchmarks.processes import Watched, under_load
from benchmarks.wire import Load, Outcome
from deploy.standalone.postgres import HOST, free_port
from deploy.standalone.supervisor import Program

CONNECTIONS = 5_000
PER_SECOND = 800.0
_TARGET = "/v1/departments/01a1b2c3-0000-7000-8000-000000000000"
_NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
worker_rlimit_nofile 16384;
events {{ worker_connections 12000; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000;
    upstream service {{ server {host}:{service}; keepalive 100; keepalive_requests 1000000; }}
    server {{
        listen {host}:{port} backlog=4096;
        location / {{ proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }}
        location = /readyz {{ return 200; }}
    }}
}}
"""


async def run(ground: Ground) -> list[Figure]:
    """Give the slowest hundredth, what was lost, and memory for each connection. Raises Absent without an nginx."""
    nginx = _nginx()
    installation = await install(ground, "gateway_held")
    service, proxy = await asyncio.to_thread(free_port), await asyncio.to_thread(free_port)
    config = _configured(ground.folder("nginx"), service=service, port=proxy)
    beside = {
        service: Program("plain", (sys.executable, "-m", "benchmarks.plain", str(service))),
        proxy: Program("nginx", (nginx, "-p", str(config.parent), "-c", str(config))),
    }
    async with fronted(installation, {"archive": service}, beside) as front:
        course = _Course(installation, front, seconds=float(ground.sized(12, 60)))
        compared = await compare(course.gateway, course.nginx, rounds=ground.sized(3, 2), warm_up=False)
    return list(_figures(course, compared))


def _figures(course: "_Course", compared: Comparison) -> Iterator[Figure]:
    goal = Goal("ratio", "at_most", 8)
    yield compared.figure("gateway, 5,000 connections, 800 requests/s, p99", "ms", goal=goal)
    yield Figure("the same, lost", float(sum(course.lost)), "requests", goal=Goal("value", "at_most", 0))
    kilobytes = course.kilobytes
    yield Figure(
        "the same, memory",
        max(kilobytes),
        "kB a connection",
        goal=Goal("value", "at_most", 30),
        spread=spread_of(kilobytes),
    )


@dataclass
class _Course:
    installation: Installation
    front: Front
    seconds: float
    lost: list[int] = field(default_factory=list)
    """By the gateway."""
    kilobytes: list[float] = field(default_factory=list)
    """More than before for each connection; in later rounds it is there already, so the most is what one takes."""

    async def nginx(self) -> float:
        return 1000 * (await self._held("nginx")).p99

    async def gateway(self) -> float:
        outcome = await self._held("gateway-app")
        self.lost.append(outcome.lost)
        return 1000 * outcome.p99

    async def _held(self, name: str) -> Outcome:
        token = self.installation.token(TENANT, "employees:read")
        load = Load(self.front.url(name) + _TARGET, token, CONNECTIONS, self.seconds, PER_SECOND)
        process = Watched(self.installation.pid(name))
        async with under_load(replace(load, connections=64, seconds=2.0)):
            before = process.resident_bytes()
        async with under_load(load) as outcome:
            if name == "gateway-app":
                self.kilobytes.append((process.resident_bytes() - before) / CONNECTIONS / 1000)
            return outcome


def _nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Absent("there is no nginx to hold it against; Debian's package is `nginx`")
    return found


def _configured(folder: Path, *, service: int, port: int) -> Path:
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, host=HOST, service=service, port=port))
    return config
