"""An Apache Kafka broker: formatted, started and stopped by whoever needs it, reachable from this machine alone."""

import re
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from deploy.errors import DeployError, tail
from deploy.kafka import classes
from deploy.kafka.java import find_java
from deploy.kafka.libraries import fetch_libraries
from deploy.kafka.machine import BROKER, CRASHED, TMP, Machine
from deploy.kafka.probe import ask_cluster
from deploy.kafka.properties import HOST, server_properties
from deploy.standalone.files import read_number, write_whole
from deploy.standalone.locks import exclusive, shared
from deploy.standalone.postgres import is_free
from deploy.standalone.settings import Settings
from deploy.standalone.waiting import comes_true

START_SECONDS = 120
"""After a crash the ends of all logs are read again."""
STOP_SECONDS = 30
_UNSEEN_SECONDS = 0.5
_PORTS = range(20_000, 32_000, 2)
"""Below those that systems give to outgoing connections: a client that keeps knocking at a stopped broker could
be given the broker's own port, would then reach itself, and would keep the broker from coming back."""


class Kafka:
    """One broker and the folder `home` with its data, port and log; it runs as whoever starts it.

    Everybody on this machine may use it: it knows no passwords. A durable broker keeps what it has, come
    what may. A throwaway one forgets everything rather than refuse to start. `libraries` is where the jars
    are kept, for all brokers alike. With an `advertised_port` clients are sent there, to a proxy for `port`.
    """

    def __init__(
        self, home: Path, *, libraries: Path, durable: bool = True, advertised_port: int | None = None
    ) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self._port = self.home / "port"
        self._pid = self.home / "pid"
        self._libraries = libraries.resolve()
        self._durable = durable
        self._advertised_port = advertised_port

    def start(self) -> str:
        """Make sure that the broker runs and answers, and give its URL; any number of callers may do so at once."""
        with self._locked():
            if self.running():
                self._wait_until_ready()
            else:
                self._start_or_forget(Machine(java=find_java(), libraries=fetch_libraries(self._libraries)))
            return self.url

    def stop(self) -> None:
        """Let the broker finish what it is at, and end it; past the deadline, kill it for the next start to mend."""
        self._end(signal.SIGTERM, signal.SIGKILL)

    def kill(self) -> None:
        """End the broker as a crash would."""
        self._end(signal.SIGKILL)

    def wipe(self) -> None:
        """Lose the disk of a stopped broker: the next start makes a new cluster, with another id, on the same port."""
        with self._locked():
            if self.running():
                raise DeployError(f"Kafka runs in {self.home}; stop it before its disk is wiped.")
            shutil.rmtree(self.data, ignore_errors=True)

    def running(self) -> psutil.Process | None:
        """Find the broker's process of this very folder, whatever a process id left behind by a crash says."""
        try:
            broker = psutil.Process(int(self._pid.read_text()))
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None
        return broker if self._serves_here(broker) else None

    def is_ready(self) -> bool:
        """Tell whether this very broker, and no stranger on its port, answers and takes clients."""
        cluster = ask_cluster(self.port)
        return cluster is not None and cluster.id == self.cluster_id and bool(cluster.ports)

    @property
    def url(self) -> str:
        """Where clients are to go."""
        return f"kafka://{HOST}:{self._advertised_port or self.port}"

    @property
    def port(self) -> int:
        """The port the broker itself listens on; the one above is for what it has to say to itself."""
        try:
            return int(self._port.read_text())
        except FileNotFoundError:
            raise DeployError(f"There is no Kafka in {self.home} yet; start it first.") from None

    @property
    def cluster_id(self) -> str:
        """What Kafka calls this cluster since its disk was formatted."""
        try:
            meta = (self.data / "meta.properties").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DeployError(f"There is no Kafka in {self.home} yet; start it first.") from None
        written = re.search(r"^cluster\.id=(.+)$", meta, re.MULTILINE)
        return written[1] if written else ""

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only one to start or stop this broker, other programs included."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive(self.home / "lock"):
            yield

    def _start_or_forget(self, machine: Machine) -> None:
        try:
            self._start(machine)
        except DeployError:
            if self._durable or not self.data.exists():
                raise
            shutil.rmtree(self.data)
            self._start(machine)

    def _start(self, machine: Machine) -> None:
        self._end_orphans()
        self._clear_tmp()
        write_whole(self._port, str(self._choose_port()).encode())
        if not self.data.exists():
            self._format(machine)
        self._write_properties(data=self.data.name)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        try:
            self._launch(machine)
        except DeployError:
            if CRASHED not in self.log.read_text(errors="replace") or not machine.forget_classes():
                raise
            self._launch(machine)

    def _launch(self, machine: Machine) -> None:
        machine.leave_running(BROKER, "server.properties", folder=self.home, log=self.log)
        self._wait_until_ready()

    def _format(self, machine: Machine) -> None:
        """Write a new disk beside its place and move it there, so that a half-written one is never used."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._write_properties(data=draft.name)
        cluster_id = secrets.token_urlsafe(16)  # the 22 characters by which Kafka writes 128 bits
        made = machine.run(
            *("kafka.tools.StorageTool", "format", "--standalone"),
            *(f"--cluster-id={cluster_id}", "--config", "server.properties"),
            folder=self.home,
        )
        if made.returncode:
            raise DeployError(f"Kafka could not format {self.data}:\n{made.stdout}{made.stderr}")
        draft.rename(self.data)

    def _write_properties(self, *, data: str) -> None:
        text = server_properties(
            data=data,
            port=self.port,
            controller_port=self.port + 1,
            advertised_port=self._advertised_port or self.port,
        )
        (self.home / "server.properties").write_text(text, encoding="utf-8")

    def _wait_until_ready(self) -> None:
        """Leave no broker behind, and raise DeployError, where it has ended or the time is up."""
        comes_true(lambda: self.is_ready() or self._has_ended(), within=START_SECONDS)
        if not (self.running() and self.is_ready()):
            self._end_orphans()
            raise DeployError(f"Kafka did not start.\n{tail(self.log)}")

    def _has_ended(self) -> bool:
        """Tell whether it is gone for good: while one program takes another's place neither is seen for a moment."""
        return not comes_true(lambda: self.running() is not None, within=_UNSEEN_SECONDS)

    def _choose_port(self) -> int:
        """Keep the port of the last time while it and the one above are free."""
        port = read_number(self._port) or secrets.choice(_PORTS)
        while not (is_free(port) and is_free(port + 1)):
            port = secrets.choice(_PORTS)
        return port

    def _end(self, *requests: signal.Signals) -> None:
        if not self.home.exists():
            return
        with self._locked():
            for request in requests:
                if broker := self.running():
                    with suppress(psutil.NoSuchProcess):
                        broker.send_signal(request)
                    if comes_true(lambda: not self.running(), within=STOP_SECONDS) and request is signal.SIGTERM:
                        classes.keep(self.home / TMP, libraries=self._libraries)
            if self.running():
                raise DeployError(f"Kafka did not stop.\n{tail(self.log)}")

    def _end_orphans(self) -> None:
        """End what a killed starter left running here, and forget its process id, which may be another program's."""
        orphans = [process for process in psutil.process_iter() if self._serves_here(process)]
        for orphan in orphans:
            orphan.kill()
        psutil.wait_procs(orphans, timeout=STOP_SECONDS)
        self._pid.unlink(missing_ok=True)

    def _clear_tmp(self) -> None:
        """Remove what a killed broker could not."""
        shutil.rmtree(self.home / TMP, ignore_errors=True)
        (self.home / TMP).mkdir()

    def _serves_here(self, process: psutil.Process) -> bool:
        try:
            return BROKER in process.cmdline() and Path(process.cwd()) == self.home
        except psutil.Error:  # it has ended, or is another user's
            return False


@contextmanager
def throwaway_kafka(home: Path, *, libraries: Path) -> Iterator[str]:
    """Lend a throwaway broker and give its URL: all who ask at one time share it, and the last one stops it."""
    broker = Kafka(home, libraries=libraries, durable=False)
    home.parent.mkdir(parents=True, exist_ok=True)
    with shared(home.with_suffix(".lease")) as lease:
        try:
            yield broker.start()
        finally:
            if lease.is_last():
                broker.stop()


def kafka_url(settings: Settings) -> str:
    """Give the URL of the broker in use, starting our own unless `KAFKA_URL` names another."""
    return settings.kafka_url or Kafka(settings.kafka, libraries=settings.kafka_libraries).start()
