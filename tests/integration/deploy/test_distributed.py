"""Every service as processes of its own over Apache Kafka: complete, in any order, and gone when told."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import psutil
import pytest

from deploy import tenants, tokens
from deploy.distributed.bus import bus_url
from deploy.distributed.ports import choose_ports, read_ports
from deploy.distributed.topology import FRONT, NAMES, WORKERS, programs
from deploy.kafka.broker import Kafka
from deploy.standalone.postgres import HOST, Postgres, free_port, is_free
from deploy.standalone.settings import ROOT, Settings, read_settings
from deploy.standalone.stack import Stack
from deploy.standalone.supervisor import STOP_SECONDS, Program, Supervisor
from deploy.standalone.waiting import comes_true
from shared.contracts.topics import TOPICS
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Extent
from tests.factories.running import Running, has_token, hire_a_head

pytestmark = [pytest.mark.needs("kafka"), pytest.mark.timeout(300)]
PATIENCE = 60.0


class Installation:
    """A running stack whose parts can be stopped and started one by one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stack = Stack(settings)
        self.running = Running(settings, self.stack)
        self.postgres = Postgres(settings.postgres)
        self.kafka = Kafka(settings.kafka, libraries=settings.kafka_libraries)
        self.supervisor = Supervisor(run=settings.run, log=settings.log, folder=ROOT, environment=os.environ)

    def up(self) -> None:
        self.stack.up(tenants.prepare)
        tenants.wait_for_sandbox(self.settings)

    def programs(self) -> list[Program]:
        """Give what the stack runs; needs database and broker, which it asks."""
        return programs(self.settings, {}, set(NAMES))

    @property
    def ports(self) -> dict[str, int]:
        return read_ports(self.settings.run / "ports.json") | {FRONT: self.settings.port}

    def status(self, name: str, path: str) -> int:
        """Give the status with which a process answers; 0 where it does not."""
        connection = HTTPConnection(HOST, self.ports[name], timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def all_answer(self, path: str, status: int, names: Sequence[str] = NAMES) -> bool:
        return all(self.status(name, path) == status for name in names)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(
        Settings(
            var=tmp_path_factory.mktemp("distributed") / "var",
            port=free_port(),
            database_url=None,
            bus="kafka",
            kafka_url=None,
            kafka_jars=read_settings().kafka_libraries,
        )
    )
    try:
        installation.up()
        yield installation
    finally:
        installation.supervisor.stop()
        installation.stack.down()


def test_all_are_there_and_the_gateway_speaks_for_all(installation: Installation) -> None:
    states = installation.stack.states()
    assert list(states) == ["postgres", "kafka", *NAMES]
    assert set(states.values()) == {"running"}
    assert installation.all_answer("/readyz", 200)
    status, document = installation.running.call("GET", "/v1/openapi.json")
    assert status == 200
    assert {"/v1/employees", "/v1/observations", "/v1/scorecards", "/v1/webhooks"} <= document["paths"].keys()


def test_what_one_service_says_reaches_another_over_kafka(installation: Installation) -> None:
    hire_a_head(installation.running)
    assert comes_true(partial(has_token, installation.running, "head"), within=PATIENCE)
    assert installation.running.call("GET", "/v1/departments", role="head")[0] == 200


ASKED = {
    "archive-app": "/v1/departments",
    "connector-app": "/v1/connections",
    "performance-app": "/v1/metrics",
    "notifier-app": "/v1/notifications",
    FRONT: "/v1/tenant",
}


def test_a_closed_account_is_shut_out_of_every_service(installation: Installation) -> None:
    running, login = installation.running, {"username": "leaver", "password": "a long enough one"}
    status, account = running.call("POST", "/v1/accounts", {**login, "roles": ["hr"]}, role="admin")
    assert status == 201, account
    token = running.call("POST", "/v1/sessions", login)[1]["access_token"]

    def statuses() -> dict[str, int]:
        ports = installation.ports
        return {name: running.call_with(token, "GET", path, port=ports[name])[0] for name, path in ASKED.items()}

    assert comes_true(lambda: 503 not in statuses().values(), within=PATIENCE)  # until each has heard of the company
    assert 401 not in statuses().values()
    status, closed = running.call("PATCH", f"/v1/accounts/{account['id']}", {"active": False}, role="admin")
    assert status == 200, closed
    assert comes_true(lambda: set(statuses().values()) == {401}, within=PATIENCE)


def test_topics_are_made_as_declared(installation: Installation) -> None:
    made = asyncio.run(extent(bus_url(installation.settings)))
    wanted = {(topic.name, number) for topic in TOPICS for number in range(topic.partitions)}
    assert made.ends.keys() == wanted


async def extent(url: str) -> Extent:
    bus = connect_bus(url)
    try:
        return await bus.extent([topic.name for topic in TOPICS])
    finally:
        await bus.close()


def test_workers_count_what_they_do(installation: Installation) -> None:
    connection = HTTPConnection(HOST, installation.ports["archive-worker"], timeout=10)
    connection.request("GET", "/metrics")
    assert b'steelyard_outbox_published_total{service="archive"}' in connection.getresponse().read()
    connection.close()


def test_a_later_command_finds_everything_whatever_bus_it_was_told(installation: Installation) -> None:
    before = {name: installation.running.process(name).pid for name in NAMES}
    other = Stack(installation.settings.model_copy(update={"bus": "postgres"}))
    assert other.states().keys() >= set(NAMES)
    installation.up()
    assert {name: installation.running.process(name).pid for name in NAMES} == before


def test_no_secret_is_on_a_command_line_or_in_a_record(installation: Installation) -> None:
    roles = (installation.settings.secrets / "roles.json").read_text()
    passwords = [line.split('"')[3] for line in roles.splitlines() if ":" in line]
    assert len(passwords) == 6
    for name in NAMES:
        record = (installation.settings.run / f"{name}.pid").read_text()
        shown = record + " ".join(installation.running.process(name).cmdline()) + installation.running.log(name)
        assert not [password for password in passwords if password in shown]


def test_connections_stay_below_what_the_server_has(installation: Installation) -> None:
    for service in ("archive", "connector", "performance", "notifier", "gateway"):
        environment = installation.running.process(f"{service}-app").environ()
        assert "DATABASE_URL" not in environment, "only the role's own, never the administrator's"
        assert environment["STEELYARD_DATABASE_POOL"] == "8"


def test_a_service_that_died_is_missed_alone_and_welcome_back(installation: Installation) -> None:
    hr = tokens.issue(installation.settings, role="hr")
    installation.running.process("connector-app").kill()
    call = installation.running.call_with
    status, problem = call(hr, "GET", "/v1/connections")
    assert (status, problem["code"], problem["retryable"]) == (503, "service_unavailable", True)
    assert call(hr, "GET", "/v1/employees")[0] == 200
    assert installation.status(FRONT, "/readyz") == 503
    installation.up()
    assert call(hr, "GET", "/v1/connections")[0] == 200


def test_they_start_in_any_order_and_wait_for_what_they_need(installation: Installation) -> None:
    wanted = installation.programs()
    installation.stack.down()
    installation.supervisor.start([program for program in wanted if program.name in {FRONT, *WORKERS}])
    alone = [FRONT, *WORKERS]
    assert comes_true(partial(installation.all_answer, "/healthz", 200, alone), within=PATIENCE)
    assert comes_true(partial(installation.all_answer, "/readyz", 503, alone), within=PATIENCE)
    installation.supervisor.start(wanted)
    assert comes_true(partial(installation.all_answer, "/healthz", 200), within=PATIENCE)
    assert installation.all_answer("/readyz", 503)
    installation.postgres.start()
    applications = [name for name in NAMES if name not in WORKERS]
    assert comes_true(partial(installation.all_answer, "/readyz", 200, applications), within=PATIENCE)
    assert installation.all_answer("/readyz", 503, WORKERS), "they need the broker, too"
    installation.kafka.start()
    assert comes_true(partial(installation.all_answer, "/readyz", 200), within=PATIENCE)
    founded = asyncio.run(tenants.create_tenant(installation.settings, name="Second", admin="boss"))
    assert founded.password, "every service has heard of it"


def test_an_outage_passes_by_itself(installation: Installation) -> None:
    before = {name: installation.running.process(name).pid for name in NAMES}
    installation.kafka.stop()
    assert comes_true(partial(installation.all_answer, "/readyz", 503, WORKERS), within=PATIENCE)
    assert installation.running.call("GET", "/v1/employees", role="hr")[0] == 200, "nobody who asks notices"
    installation.postgres.stop()
    assert comes_true(partial(installation.all_answer, "/readyz", 503), within=PATIENCE)
    installation.kafka.start()
    installation.postgres.start()
    assert comes_true(partial(installation.all_answer, "/readyz", 200), within=PATIENCE)
    assert {name: installation.running.process(name).pid for name in NAMES} == before


TWICE = [signal.SIGINT, signal.SIGTERM, signal.SIGTERM]


@pytest.mark.parametrize(
    ("name", "signals"),
    [
        ("archive-app", [signal.SIGTERM]),
        (FRONT, TWICE),
        ("archive-worker", TWICE),
        ("notifier-worker", [signal.SIGTERM]),
    ],
)
def test_a_process_ends_well_when_told(installation: Installation, name: str, signals: list[signal.Signals]) -> None:
    with child(installation, name) as process:
        for number in signals:
            process.send_signal(number)
        assert process.wait(STOP_SECONDS) == 0


def test_requests_in_flight_are_answered_before_the_end(installation: Installation) -> None:
    with (
        child(installation, FRONT) as process,
        socket.create_connection((HOST, port_of(process)), timeout=20) as caller,
    ):
        login = b'{"username": "nobody", "password": "wrong-password"}'
        caller.sendall(b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        caller.sendall(f"Content-Length: {len(login)}\r\n\r\n".encode() + login[:10])
        assert comes_true(partial(has_connection, process.pid, caller.getsockname()[1]), within=20)
        process.send_signal(signal.SIGTERM)
        assert comes_true(partial(is_free, port_of(process)), within=20), "nothing new is taken"
        caller.sendall(login[10:])
        answer = HTTPResponse(caller)
        answer.begin()
        assert answer.status == 401
        assert b"credentials" in answer.read()
        assert process.wait(STOP_SECONDS) == 0


def test_a_process_says_what_its_environment_lacks() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("STEELYARD_")}
    command = (sys.executable, "-m", "deploy", "app", "gateway", "--port", str(free_port()))
    ended = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "STEELYARD_DATABASE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_ports_are_kept_while_they_are_free_or_ours(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = choose_ports(file, ["a", "b", "c"])
    assert len(set(first.values())) == 3
    with socket.create_server((HOST, first["a"])), socket.create_server((HOST, first["b"])):
        second = choose_ports(file, ["a", "b", "c"], taken_by_us={"b"})
    assert second["a"] != first["a"], "somebody else's now"
    assert (second["b"], second["c"]) == (first["b"], first["c"])
    assert read_ports(file) == second


class child:  # noqa: N801 -- reads as what it gives
    """A second process beside that of the stack, on a port of its own, ours to wait for."""

    def __init__(self, installation: Installation, name: str) -> None:
        (program,) = (program for program in installation.programs() if program.name == name)
        *command, _ = program.command
        self._command = [*command, str(free_port())]
        self._environment = os.environ | program.environment

    def __enter__(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stderr=subprocess.DEVNULL)
        assert comes_true(partial(is_healthy, port_of(self._process)), within=PATIENCE)
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def port_of(process: subprocess.Popen[bytes]) -> int:
    assert isinstance(process.args, list)
    return int(process.args[-1])


def is_healthy(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def has_connection(pid: int, from_port: int) -> bool:
    """Tell whether a process has taken the connection from this port."""
    found = psutil.Process(pid).net_connections()
    return any(connection.raddr and connection.raddr.port == from_port for connection in found)
