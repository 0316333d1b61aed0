"""An installation of its own for a benchmark: a migrated database, keys, and the processes it asks for."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any, Literal
from uuid import UUID

import asyncpg

from benchmarks.ground import Ground, dsn_of
from deploy.distributed import topology as distributed
from deploy.distributed.ports import choose_ports
from deploy.migrate import migrate
from deploy.standalone.postgres import HOST, free_port
from deploy.standalone.secrets import keys, role_passwords
from deploy.standalone.settings import ROOT, Settings
from deploy.standalone.supervisor import Program, Supervisor
from services.gateway.domain.rate_limit import KINDS
from shared.core.access import Principal
from shared.kit.auth.tokens import SigningKey, sign

_READY_SECONDS = 90
_TOKEN_LIFETIME = timedelta(hours=2)
_PLENTY = {"amount": 10_000_000, "seconds": 60}
UNLIMITED = {
    "STEELYARD_RATE_LIMITS": json.dumps(dict.fromkeys(KINDS, _PLENTY)),
    "STEELYARD_REQUESTS_IN_FLIGHT": "10000",
}
"""One client asks as often as a whole company."""
_CONFIGURING = ("STEELYARD_", "DATABASE_URL", "KAFKA_URL", "BUS", "PORT")


@dataclass(frozen=True, slots=True)
class Installation:
    settings: Settings

    @asynccontextmanager
    async def process(self, name: str) -> AsyncIterator[str]:
        """Run one process of a service, such as `connector-app`, and give its base URL once it is ready."""
        ports = await asyncio.to_thread(choose_ports, self.settings.run / "ports.json", distributed.NAMES)
        around = await asyncio.to_thread(distributed.surroundings, self.settings, ports)
        async with self.running([distributed.program(name, ports, around, given={})], {name: ports[name]}):
            yield f"http://{HOST}:{ports[name]}"

    @asynccontextmanager
    async def running(self, programs: Sequence[Program], ports: Mapping[str, int]) -> AsyncIterator[None]:
        """Run programs; they are ready when `/readyz` says so on each of these ports."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_CONFIGURING)}
        supervisor = Supervisor(run=self.settings.run, log=self.settings.log, folder=ROOT, environment=inherited)

        def unready() -> list[str]:
            return [name for name, port in ports.items() if not _says_ready(port)]

        def start() -> None:
            supervisor.start(programs)
            supervisor.wait_until(lambda: not unready(), seconds=_READY_SECONDS, blame=unready)

        try:
            await asyncio.to_thread(start)
            yield
        finally:
            await asyncio.to_thread(supervisor.stop)

    def pid(self, name: str) -> int:
        """Give the id of a process that runs."""
        record: dict[str, Any] = json.loads((self.settings.run / f"{name}.pid").read_text("utf-8"))
        return int(record["pid"])

    def token(self, tenant_id: UUID, *scopes: str) -> str:
        """Sign a token for a system."""
        return self._sign(Principal(tenant_id, "bench", "client", scopes=frozenset(scopes)))

    def admin_token(self, tenant_id: UUID) -> str:
        """Sign a token for an administrator."""
        return self._sign(Principal(tenant_id, "bench-admin", "person", roles=frozenset({"admin"})))

    def _sign(self, principal: Principal) -> str:
        key = SigningKey.read(keys(self.settings).signing)
        return sign(principal, key=key, now=datetime.now(UTC), lifetime=_TOKEN_LIFETIME)

    async def connect(self) -> asyncpg.Connection:
        """Connect as the superuser, whom row-level security lets pass."""
        return await asyncpg.connect(dsn_of(str(self.settings.database_url)))


async def install(ground: Ground, name: str, *, bus: Literal["postgres", "kafka"] = "postgres") -> Installation:
    """Make a database of its own ready for all services. Raises Absent where there can be no Kafka."""
    broker = await asyncio.to_thread(ground.kafka) if bus == "kafka" else None
    url = await ground.database(name)
    settings = Settings(
        var=ground.folder(name), database_url=url, bus=bus, kafka_url=broker, port=await asyncio.to_thread(free_port)
    )
    await migrate(url, passwords=role_passwords(settings))
    return Installation(settings)


def _says_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
