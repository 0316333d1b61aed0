"""A disk that is full for a while, or loses its power, keeps nothing from being started once there is room again.

The disk is full by the system's own limit: no file of this process may grow.
"""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from deploy.cli import main
from deploy.kafka.broker import Kafka
from deploy.standalone.postgres import Postgres
from deploy.standalone.secrets import keys
from deploy.standalone.settings import ROOT, Settings
from deploy.standalone.supervisor import Program, Supervisor
from deploy.standalone.waiting import comes_true
from shared.kit.crypto import KeyRing

SLEEPER = Program("work", (sys.executable, "-c", "import time; time.sleep(600)"))


@contextmanager
def full_disk() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(run=tmp_path / "run", log=tmp_path / "log", folder=tmp_path, environment={})
    yield supervisor
    supervisor.stop()


def test_postgresql_starts_after_it(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres")
    url = server.start()
    try:
        server.stop()
        with full_disk(), pytest.raises(OSError, match="File too large"):
            server.start()
        assert server.start() == url
    finally:
        server.stop()


@pytest.mark.needs("kafka")
def test_kafka_starts_after_it(tmp_path: Path) -> None:
    broker = Kafka(tmp_path / "kafka", libraries=Settings(var=ROOT / "var").kafka_libraries)
    url = broker.start()
    try:
        broker.stop()
        with full_disk(), pytest.raises(OSError, match="File too large"):
            broker.start()
        assert broker.start() == url
    finally:
        broker.stop()


def test_the_key_that_seals_is_whole_or_missing(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    keys(settings)
    (settings.secrets / "sealing.json").unlink()
    with full_disk(), pytest.raises(OSError, match="File too large"):
        keys(settings)
    assert KeyRing.read(keys(settings).sealing)


def test_a_program_that_cannot_be_noted_does_not_run_on_unseen(supervisor: Supervisor, tmp_path: Path) -> None:
    with full_disk(), pytest.raises(OSError, match="File too large"):
        supervisor.start([SLEEPER])
    assert comes_true(lambda: not running_in(tmp_path), within=10)


def test_a_note_that_lost_its_content_is_no_obstacle(supervisor: Supervisor, tmp_path: Path) -> None:
    """As a file system leaves it where the power failed before all was written."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "work.pid").touch()
    assert supervisor.states() == {"work": "crashed"}
    supervisor.start([SLEEPER])
    assert supervisor.states() == {"work": "running"}


def test_a_command_says_it_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_VAR", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["steelyard", "signing-keys", "rotate"])
    with full_disk(), pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value) == "steelyard: A file cannot be written (File too large)."


def running_in(folder: Path) -> list[int]:
    found = psutil.Process().children()
    return [each.pid for each in found if each.status() != psutil.STATUS_ZOMBIE and Path(each.cwd()) == folder]
