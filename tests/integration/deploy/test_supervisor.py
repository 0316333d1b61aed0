"""Programs in the background, with a real HTTP server as the program."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
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


def programs(environment: Mapping[str, str] | None = None, /, **codes: str) -> list[Program]:
    return [Program(name, (sys.executable, "-c", code), environment or {}) for name, code in codes.items()]


class Workshop:
    """A folder in which supervisors come and go, as commands of the command line do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[Supervisor] = []
        self.seen: set[int] = set()

    def supervisor(self) -> Supervisor:
        self.opened.append(
            Supervisor(
                run=self.folder / "run",
                log=self.folder / "log",
                folder=self.folder,
                environment=os.environ,
                patience=2,
            ),
        )
        return self.opened[-1]

    def start(self, **codes: str) -> Supervisor:
        supervisor = self.supervisor()
        supervisor.start(programs(**codes))
        return supervisor

    def wait(self, supervisor: Supervisor, ready: Callable[[], bool], *, seconds: float = 20) -> None:
        supervisor.wait_until(ready, seconds=seconds, blame=lambda: ["web"])

    def process(self, name: str) -> psutil.Process:
        record = (self.folder / "run" / f"{name}.pid").read_text()
        return psutil.Process(int(record.split('"pid": ')[1].split(",")[0]))

    def printed(self, name: str) -> str:
        return (self.folder / "log" / f"{name}.log").read_text()

    def has_printed(self, name: str, text: str) -> bool:
        return text in self.printed(name)

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
    supervisor = workshop.start(web=SERVER)
    workshop.wait(supervisor, workshop.answers)
    assert supervisor.states() == {"web": "running"}
    supervisor.stop()
    assert supervisor.states() == {}
    assert not workshop.answers()


def test_a_later_command_finds_what_runs_and_starts_nothing_twice(workshop: Workshop) -> None:
    workshop.start(web=SERVER)
    first = workshop.process("web").pid
    later = workshop.start(web=SERVER)
    assert workshop.process("web").pid == first
    later.stop()
    assert later.states() == {}
    assert not is_alive(first)


def test_another_command_line_replaces_the_running_program(workshop: Workshop) -> None:
    workshop.start(web=SERVER)
    first = workshop.process("web").pid
    workshop.start(web=SERVER + "\n")
    assert workshop.process("web").pid != first
    assert not is_alive(first)


def test_other_code_replaces_the_running_program(workshop: Workshop) -> None:
    (workshop.folder / "services").mkdir()
    for code, pids in (("A = 1", 1), ("A = 1", 1), ("A = 2", 2)):
        (workshop.folder / "services" / "rules.py").write_text(code)
        workshop.start(web=SERVER)
        workshop.seen.add(workshop.process("web").pid)
        assert len(workshop.seen) == pids


def test_another_environment_replaces_the_running_program_and_is_nowhere_written_down(workshop: Workshop) -> None:
    supervisor = workshop.supervisor()
    seen = set()
    for secret in ("one-secret", "one-secret", "another-secret"):
        supervisor.start(
            programs({"SECRET": secret}, web="import os\nprint(os.environ['SECRET'], flush=True)" + SERVER)
        )
        assert comes_true(partial(workshop.has_printed, "web", secret), within=20)
        seen.add(workshop.process("web").pid)
    assert len(seen) == 2
    record = workshop.folder / "run" / "web.pid"
    assert "another-secret" not in record.read_text()
    assert record.stat().st_mode & 0o077 == 0


def test_what_is_not_wanted_any_more_is_ended_before_others_start(workshop: Workshop) -> None:
    workshop.start(web=SERVER, work=SERVER)
    old, kept = workshop.process("work").pid, workshop.process("web").pid
    supervisor = workshop.start(web=SERVER, archive=SERVER)
    assert supervisor.states() == {"archive": "running", "web": "running"}
    assert workshop.process("web").pid == kept
    assert not is_alive(old)


def test_a_program_that_cannot_start_fails_with_the_end_of_its_log(workshop: Workshop) -> None:
    supervisor = workshop.start(web=BROKEN)
    with pytest.raises(DeployError, match=r"(?s)`web` has ended unexpectedly.*no configuration"):
        workshop.wait(supervisor, workshop.answers)


def test_a_stack_that_is_never_ready_fails_at_the_deadline_with_the_log_of_who_is_late(workshop: Workshop) -> None:
    supervisor = workshop.start(web=SERVER, work=SERVER)
    assert comes_true(lambda: "listening" in workshop.printed("web"), within=20)
    with pytest.raises(DeployError, match=r"(?s)Not ready after 1 seconds: web\..*listening") as failure:
        workshop.wait(supervisor, lambda: False, seconds=1)
    assert "work.log" not in str(failure.value)


def test_who_waits_for_what_another_command_has_stopped_is_told_at_once(workshop: Workshop) -> None:
    supervisor = workshop.start(web=SERVER)
    workshop.supervisor().stop()
    with pytest.raises(DeployError, match="stopped by another command"):
        workshop.wait(supervisor, lambda: False, seconds=600)


def test_a_killed_program_is_seen_and_started_again(workshop: Workshop) -> None:
    supervisor = workshop.start(web=SERVER, work=SERVER)
    workshop.process("web").send_signal(signal.SIGKILL)
    assert comes_true(lambda: supervisor.states() == {"web": "crashed", "work": "running"}, within=10)
    supervisor.start(programs(web=SERVER, work=SERVER))
    assert supervisor.states() == {"web": "running", "work": "running"}


def test_a_clock_that_was_set_meanwhile_hides_no_program(workshop: Workshop) -> None:
    """When a process began is told by today's clock: after an hour's correction it is another time than was noted."""
    workshop.start(web=SERVER)
    process, record = workshop.process("web"), workshop.folder / "run" / "web.pid"
    noted = json.loads(record.read_text())
    record.write_text(json.dumps(noted | {"started": noted.get("started", process.create_time()) - 3600}))
    later = workshop.supervisor()
    assert later.states() == {"web": "running"}
    later.stop()
    assert not is_alive(process.pid)


def test_a_process_id_that_became_another_programs_is_left_to_it(workshop: Workshop) -> None:
    supervisor = workshop.start(web=SERVER)
    record = workshop.folder / "run" / "web.pid"
    noted = json.loads(record.read_text())
    record.write_text(json.dumps(noted | {"pid": os.getpid()}))
    assert workshop.supervisor().states() == {"web": "crashed"}
    record.write_text(json.dumps(noted))
    supervisor.stop()


def test_a_program_deaf_to_the_polite_request_is_killed(workshop: Workshop) -> None:
    supervisor = workshop.start(work=STUBBORN)
    assert comes_true(lambda: "deaf" in workshop.printed("work"), within=20)
    process = workshop.process("work")
    supervisor.stop()
    assert not process.is_running()


def test_in_the_foreground_all_end_when_one_does(workshop: Workshop) -> None:
    supervisor = workshop.start(web=SERVER, work="import sys; sys.exit(3)")
    with pytest.raises(DeployError, match="`work` has ended unexpectedly"):
        supervisor.attend()
    assert supervisor.states() == {}


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
