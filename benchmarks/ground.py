"""What benchmarks stand on: servers of their own, durable as in operation, begun empty and ended with them."""

import asyncio
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from deploy.errors import DeployError
from deploy.kafka.broker import Kafka
from deploy.standalone.postgres import Postgres
from deploy.standalone.settings import read_settings
from deploy.standalone.supervisor import Supervisor


class Absent(Exception):
    """The machine lacks something that a benchmark needs."""


@dataclass
class Ground:
    """Lends servers, each started when it is first asked for.

    PostgreSQL runs as installations run it (`fsync`, `synchronous_commit` and `full_page_writes` on), for what is
    measured and for its reference alike.
    """

    var: Path
    full: bool
    _ends: ExitStack = field(default_factory=ExitStack)
    _postgres: str | None = None
    _kafka: str | None = None
    _databases: int = 0

    def sized(self, quick: int, long: int) -> int:
        return long if self.full else quick

    def postgres(self) -> str:
        """Give the superuser's URL."""
        if self._postgres is None:
            server = Postgres(self.var / "postgres")
            self._begin_empty(server.home, server.stop)
            self._postgres = server.start()
        return self._postgres

    def kafka(self) -> str:
        """Give the broker's URL. Raises Absent where there can be none."""
        if self._kafka is None:
            broker = Kafka(self.var / "kafka", libraries=read_settings().kafka_libraries)
            self._begin_empty(broker.home, broker.stop)
            try:
                self._kafka = broker.start()
            except DeployError as error:
                raise Absent(str(error)) from error
        return self._kafka

    async def database(self, name: str) -> str:
        """Make an empty database and give its superuser's URL."""
        admin_url = await asyncio.to_thread(self.postgres)
        connection = await asyncpg.connect(dsn_of(admin_url))
        try:
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return make_url(admin_url).set(database=name).render_as_string(hide_password=False)

    def folder(self, name: str) -> Path:
        """Give an empty folder; programs that an earlier run has left running there are ended."""
        folder = self.var / name
        supervisor = Supervisor(run=folder / "run", log=folder / "log", folder=folder, environment={})
        self._begin_empty(folder, supervisor.stop)
        folder.mkdir(parents=True)
        return folder

    def close(self) -> None:
        """Stop what was started."""
        self._ends.close()

    def _begin_empty(self, home: Path, stop: Callable[[], None]) -> None:
        """Forget what an earlier run, perhaps a killed one, has left, and leave nothing behind."""
        stop()
        shutil.rmtree(home, ignore_errors=True)
        self._ends.callback(shutil.rmtree, home, ignore_errors=True)
        self._ends.callback(stop)


def dsn_of(url: str) -> str:
    """Write a URL as the driver wants it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)
