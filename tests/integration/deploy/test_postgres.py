"""The embedded PostgreSQL through its life: first start, restart, crash, rivals and refusals."""

import os
import signal
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from deploy.errors import DeployError
from deploy.standalone.memory import memory_bytes
from deploy.standalone.postgres import Postgres, database_url, is_free, throwaway_postgres
from deploy.standalone.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a folder with spaces") / "postgres"


@pytest.fixture
def server(home: Path) -> Iterator[Postgres]:
    server = Postgres(home)
    yield server
    server.stop()


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_it_answers_on_the_loopback_interface_alone(server: Postgres) -> None:
    url = server.start()
    assert await ask(url, "SELECT inet_server_addr()::text") == "127.0.0.1/32"
    assert await ask(url, "SHOW listen_addresses") == "127.0.0.1"
    assert await ask(url, "SHOW unix_socket_directories") == ""


async def test_it_is_durable_and_speaks_utf8(server: Postgres) -> None:
    url = server.start()
    assert await ask(url, "SHOW fsync") == "on"
    assert await ask(url, "SELECT length('考核')") == 2


async def test_it_keeps_pages_in_an_eighth_of_the_memory(server: Postgres) -> None:
    kept = await ask(server.start(), "SELECT pg_size_bytes(current_setting('shared_buffers'))")
    assert kept == min(max(memory_bytes() // 8 >> 20, 128), 8192) << 20


async def test_nobody_enters_without_the_password(server: Postgres) -> None:
    url = server.start()
    password = (server.home / "password").read_text()
    for wrong in ("wrong", ""):
        with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)):
            await ask(url.replace(password, wrong), "SELECT 1")


async def test_password_and_data_are_closed_to_other_users(server: Postgres) -> None:
    server.start()
    assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.home / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


async def test_a_second_start_finds_the_running_server(server: Postgres, home: Path) -> None:
    assert server.start() == Postgres(home).start()


async def test_data_and_port_survive_a_restart(server: Postgres) -> None:
    url = server.start()
    await ask(url, "CREATE TABLE kept_by_restart AS SELECT 42 AS answer")
    server.stop()
    assert server.running() is None
    assert server.start() == url
    assert await ask(url, "SELECT answer FROM kept_by_restart") == 42


async def test_committed_data_survive_a_kill(server: Postgres) -> None:
    url = server.start()
    await ask(url, "CREATE TABLE kept_by_journal AS SELECT 42 AS answer")
    kill(server)
    assert await ask(server.start(), "SELECT answer FROM kept_by_journal") == 42


async def test_a_process_id_that_became_another_programs_does_not_stop_the_start(server: Postgres) -> None:
    server.start()
    kill(server)
    stale = server.data / "postmaster.pid"
    lines = stale.read_text().splitlines()
    stale.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert server.running() is None
    assert await ask(server.start(), "SELECT 1") == 1


async def test_a_port_taken_by_another_program_is_left_to_it(server: Postgres) -> None:
    server.start()
    server.stop()
    with socket.create_server(("127.0.0.1", int((server.home / "port").read_text()))):
        assert await ask(server.start(), "SELECT 1") == 1


async def test_two_who_start_it_at_once_get_one_server(server: Postgres, home: Path) -> None:
    with ThreadPoolExecutor() as pool:
        urls = set(pool.map(lambda each: each.start(), [Postgres(home), Postgres(home), server]))
    assert len(urls) == 1


async def test_a_failed_start_shows_the_end_of_the_log(server: Postgres) -> None:
    server.start()
    server.stop()
    settings = server.data / "postgresql.auto.conf"
    good = settings.read_text()
    settings.write_text("max_connections = many\n")
    with pytest.raises(DeployError, match=r'(?s)did not start.*invalid value for parameter "max_connections"'):
        server.start()
    settings.write_text(good)
    assert await ask(server.start(), "SELECT 1") == 1


async def test_data_of_a_version_that_is_not_installed_are_refused_by_name(server: Postgres) -> None:
    server.start()
    server.stop()
    version = server.data / "PG_VERSION"
    good = version.read_text()
    version.write_text("9\n")
    with pytest.raises(DeployError, match="PostgreSQL 9, which wrote the existing data, was not found"):
        server.start()
    version.write_text(good)


def test_a_given_database_is_used_instead(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, database_url="postgres://me:secret@db.example:5432/steelyard")
    assert database_url(settings) == "postgresql+asyncpg://me:secret@db.example:5432/steelyard"
    assert not settings.postgres.exists()


async def test_a_throwaway_server_is_shared_and_stopped_by_the_last(tmp_path: Path) -> None:
    home = tmp_path / "throwaway"
    with throwaway_postgres(home) as url:
        with throwaway_postgres(home) as other:
            assert other == url
        assert await ask(url, "SHOW fsync") == "off"
    assert Postgres(home).running() is None


async def test_a_throwaway_server_forgets_broken_data(tmp_path: Path) -> None:
    home = tmp_path / "throwaway"
    with throwaway_postgres(home):
        pass
    (home / "data" / "global" / "pg_control").write_bytes(b"torn")
    with throwaway_postgres(home) as url:
        assert await ask(url, "SELECT 1") == 1


def test_a_port_is_free_once_its_listener_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert not is_free(port)
    assert is_free(port)


def kill(server: Postgres) -> None:
    process = server.running()
    assert process is not None
    process.send_signal(signal.SIGKILL)
    process.wait()
