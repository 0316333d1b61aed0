"""Programs in the background, with a real HTTP server as the program."""

import os
import signal
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from deploy.errors import DeployError
from deploy.standalone.supervisor import Program, Supervisor
from deploy.standalone.waiting import comes_true

SERVER = """
import http.server, pathlib
with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
    pathlib.Path("port").write_text(str(server.server_port))
    print("listening", flush=True)
    server.serve_forever()
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)
BROKEN = "import sys; sys.exit('no configuration')"


class Workshop:
    """A folder in which supervisors come and go, as commands of the command line do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[Supervisor] = []

    def supervisor(self, **programs: str) -> Supervisor:
        self.opened.append(
            Supervisor(
                [Program(name, (sys.executable, "-c", code)) for name, code in programs.items()],
                run=self.folder / "run",
                log=self.folder / "log",
                folder=self.folder,
                environment=os.environ,
                patience=2,
            ),
        )
        return self.opened[-1]

    def process(self, name: str) -> psutil.Process:
        record = (self.folder / "run" / f"{name}.pid").read_text()
        return psutil.Process(int(record.split('"pid": ')[1].split(",")[0]))

    def printed(self, name: str) -> str:
        return (self.folder / "log" / f"{name}.log").read_text()

    def answers(self) -> bool:
        port = self.folder / "port"
        if not port.exists() or not port.read_text():
            return False
        connection = HTTPConnection("127.0.0.1", int(port.read_text()), timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status > 0
        except ConnectionRefusedError:
            return False
        finally:
            connection.close()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path)
    yield workshop
    for supervisor in workshop.opened:
        supervisor.stop()


def test_it_starts_waits_and_stops(workshop: Workshop) -> None:
    supervisor = workshop.supervisor(web=SERVER)
    supervisor.start()
    supervisor.wait_until(workshop.answers, seconds=20)
    assert supervisor.states() == {"web": "running"}
    supervisor.stop()
    assert supervisor.states() == {"web": "stopped"}
    assert not workshop.answers()


def test_a_later_command_finds_what_runs_and_starts_nothing_twice(workshop: Workshop) -> None:
    workshop.supervisor(web=SERVER).start()
    first = workshop.process("web").pid
    later = workshop.supervisor(web=SERVER)
    later.start()
    assert workshop.process("web").pid == first
    later.stop()
    assert later.states() == {"web": "stopped"}


def test_another_command_line_replaces_the_running_program(workshop: Workshop) -> None:
    workshop.supervisor(web=SERVER).start()
    first = workshop.process("web").pid
    changed = workshop.supervisor(web=SERVER + "\n")
    changed.start()
    assert workshop.process("web").pid != first
    assert not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE


def test_a_program_that_cannot_start_fails_with_the_end_of_its_log(workshop: Workshop) -> None:
    supervisor = workshop.supervisor(web=BROKEN)
    supervisor.start()
    with pytest.raises(DeployError, match=r"(?s)`web` has ended unexpectedly.*no configuration"):
        supervisor.wait_until(workshop.answers, seconds=20)


def test_a_stack_that_is_never_ready_fails_at_the_deadline(workshop: Workshop) -> None:
    supervisor = workshop.supervisor(web=SERVER)
    supervisor.start()
    with pytest.raises(DeployError, match=r"not ready after 1 seconds"):
        supervisor.wait_until(lambda: False, seconds=1)


def test_a_killed_program_is_seen_and_started_again(workshop: Workshop) -> None:
    supervisor = workshop.supervisor(web=SERVER, work=SERVER)
    supervisor.start()
    workshop.process("web").send_signal(signal.SIGKILL)
    assert comes_true(lambda: supervisor.states() == {"web": "crashed", "work": "running"}, within=10)
    supervisor.start()
    assert supervisor.states() == {"web": "running", "work": "running"}


def test_a_program_deaf_to_the_polite_request_is_killed(workshop: Workshop) -> None:
    supervisor = workshop.supervisor(work=STUBBORN)
    supervisor.start()
    assert comes_true(lambda: "deaf" in workshop.printed("work"), within=20)
    process = workshop.process("work")
    supervisor.stop()
    assert not process.is_running()


def test_in_the_foreground_all_end_when_one_does(workshop: Workshop) -> None:
    supervisor = workshop.supervisor(web=SERVER, work="import sys; sys.exit(3)")
    supervisor.start()
    with pytest.raises(DeployError, match="`work` has ended unexpectedly"):
        supervisor.attend()
    assert supervisor.states() == {"web": "stopped", "work": "stopped"}
