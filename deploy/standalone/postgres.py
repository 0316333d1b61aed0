"""An embedded PostgreSQL: made, started and stopped by whoever needs it, reachable from this machine alone."""

import os
import secrets
import shlex
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy.errors import DeployError, tail
from deploy.standalone.account import Account, choose_account
from deploy.standalone.binaries import find_binaries
from deploy.standalone.files import read_number, write_whole
from deploy.standalone.locks import exclusive, shared
from deploy.standalone.memory import memory_bytes
from deploy.standalone.settings import Settings
from deploy.standalone.waiting import comes_true

HOST = "127.0.0.1"
START_SECONDS = 120
"""Recovery after a crash replays up to `max_wal_size` of journal, which a slow disk does in about a minute."""
STOP_SECONDS = 30
_PORTS = range(10_000, 20_000)
"""Below those that systems give to outgoing connections: whoever goes on knocking at a stopped server might be given
its very port, and would keep it from coming back there."""

_COMMON = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket in a shared folder would be open to other users
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # compiling costs more than the short queries it speeds up
    "work_mem": "16MB",  # a portion of results takes nine where it is written
    "shared_buffers": "128MB",
}
_THROWAWAY = {
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "scram_iterations": "1",  # its passwords protect nothing, and who tests connects all the time
}
_LEAST_MEGABYTES, _MOST_MEGABYTES = 128, 8_192


def _durable() -> dict[str, str]:
    """Let the server keep pages in an eighth of the memory: services, and the system's cache of files, need theirs."""
    megabytes = min(max(memory_bytes() // 8 >> 20, _LEAST_MEGABYTES), _MOST_MEGABYTES)
    return {"max_connections": "100", "shared_buffers": f"{megabytes}MB"}


class Postgres:
    """One server and the folder `home` with its data, password, port and log.

    A durable server keeps what was committed, come what may. A throwaway one forgets everything rather
    than refuse to start.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self._password = self.home / "password"
        self._port = self.home / "port"
        self._durable = durable

    def start(self) -> str:
        """Make sure that the server runs and give its superuser's URL; any number of callers may do so at once."""
        with self._locked():
            if not self.running():
                self._start_or_forget()
            return self.url

    def stop(self) -> None:
        """Shut down without waiting for clients; what was committed stays."""
        if not self.data.exists():
            return
        with self._locked():
            if server := self.running():
                self._stop(server)

    def running(self) -> psutil.Process | None:
        """Find the server process of this very folder, whatever a process id left behind by a crash says."""
        try:
            server = psutil.Process(int(self._pid_file.read_text().split("\n", 1)[0]))
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None
        return server if self._serves_here(server) else None

    @property
    def url(self) -> str:
        try:
            password, port = self._password.read_text(), self._port.read_text()
        except FileNotFoundError:
            raise DeployError(f"There is no PostgreSQL in {self.home} yet; start it first.") from None
        return f"postgresql+asyncpg://postgres:{password}@{HOST}:{port}/postgres"

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only one to start or stop this server, other programs included."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive(self.home / "lock"):
            yield

    def _start_or_forget(self) -> None:
        try:
            self._start()
        except DeployError:
            if self._durable or not self.data.exists():
                raise
            shutil.rmtree(self.data)
            self._start()

    def _start(self) -> None:
        self._end_orphans()
        programs = find_binaries(major=self._written_by())
        account = choose_account(self.home, programs=programs)
        write_whole(self._port, str(self._choose_port()).encode())
        account.own(self.home)
        if not self.data.exists():
            self._initialise(account, programs)
        self._launch(account, programs)

    def _written_by(self) -> int | None:
        return read_number(self.data / "PG_VERSION")

    def _initialise(self, account: Account, programs: Path) -> None:
        """Write a new data folder beside its place and move it there, so that a half-written one is never used."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._write_password()
        account.own(self.home)
        made = account.run(
            programs / "initdb",
            *("--pgdata", draft, "--username", "postgres", "--pwfile", self._password),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
            *(() if self._durable else ("--no-sync",)),
        )
        if made.returncode:
            raise DeployError(f"PostgreSQL could not create {self.data}:\n{made.stdout}{made.stderr}")
        draft.rename(self.data)

    def _write_password(self) -> None:
        self._password.unlink(missing_ok=True)
        descriptor = os.open(self._password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))

    def _launch(self, account: Account, programs: Path) -> None:
        settings = _COMMON | (_durable() if self._durable else _THROWAWAY) | {"port": self._port.read_text()}
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        started = account.run(
            programs / "pg_ctl",
            *("start", "--silent", "--wait", "--timeout", str(START_SECONDS)),
            *("--pgdata", self.data, "--log", self.log, "--options", options),
        )
        if started.returncode:
            raise DeployError(f"PostgreSQL did not start. {started.stderr.strip()}\n{tail(self.log)}")

    def _stop(self, server: psutil.Process) -> None:
        """Ask for a fast shutdown; past the deadline, for one that leaves the rest to the next start's recovery."""
        for request in (signal.SIGINT, signal.SIGQUIT):
            server.send_signal(request)
            if comes_true(lambda: not self.running(), within=STOP_SECONDS):
                return
        raise DeployError(f"PostgreSQL did not stop.\n{tail(self.log)}")

    def _choose_port(self) -> int:
        """Keep the port of the last time while it is free."""
        port = read_number(self._port) or secrets.choice(_PORTS)
        while not is_free(port):
            port = secrets.choice(_PORTS)
        return port

    def _end_orphans(self) -> None:
        """End what a killed server left running here, and forget its process id, which may be another program's now."""
        orphans = [process for process in psutil.process_iter() if self._serves_here(process)]
        for orphan in orphans:
            orphan.kill()
        psutil.wait_procs(orphans, timeout=STOP_SECONDS)
        self._pid_file.unlink(missing_ok=True)

    def _serves_here(self, process: psutil.Process) -> bool:
        try:
            return process.name().startswith("postgres") and Path(process.cwd()) == self.data
        except psutil.Error:  # it has ended, or is another user's
            return False


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of the loopback interface."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def throwaway_postgres(home: Path) -> Iterator[str]:
    """Lend a throwaway server and give its URL: all who ask at one time share it, and the last one stops it."""
    server = Postgres(home, durable=False)
    home.parent.mkdir(parents=True, exist_ok=True)
    with shared(home.with_suffix(".lease")) as lease:
        try:
            yield server.start()
        finally:
            if lease.is_last():
                server.stop()


def database_url(settings: Settings) -> str:
    """Give the URL of the database in use, starting the embedded server unless `DATABASE_URL` names another."""
    return settings.database_url or Postgres(settings.postgres).start()
