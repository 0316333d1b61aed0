"""The standalone stack as a user starts it: real processes, one port, a sandbox to begin with."""

import asyncio
import json
import signal
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection
from typing import Any
from uuid import UUID

import psutil
import pytest

from deploy import tenants, tokens
from deploy.errors import DeployError
from deploy.standalone.postgres import free_port
from deploy.standalone.settings import Settings
from deploy.standalone.stack import Stack
from deploy.standalone.waiting import comes_true

Json = dict[str, Any]
ROLES = ("admin", "hr", "head", "employee", "integration")


class Running:
    """A started stack and what its users do with it."""

    def __init__(self, settings: Settings, stack: Stack) -> None:
        self.settings = settings
        self.stack = stack

    def call(self, method: str, path: str, body: Json | None = None, *, role: str | None = None) -> tuple[int, Json]:
        token = tokens.issue(self.settings, role=role) if role else ""
        return self.call_with(token, method, path, body)

    def call_with(self, token: str, method: str, path: str, body: Json | None = None) -> tuple[int, Json]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection = HTTPConnection("127.0.0.1", self.settings.port, timeout=20)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def process(self, name: str) -> psutil.Process:
        record: Json = json.loads((self.settings.run / f"{name}.pid").read_text())
        return psutil.Process(record["pid"])

    def log(self, name: str) -> str:
        return (self.settings.log / f"{name}.log").read_text()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    settings = Settings(var=tmp_path_factory.mktemp("stack") / "var", port=free_port(), database_url=None)
    stack = Stack(settings)
    try:
        stack.up(tenants.prepare)
        tenants.wait_for_sandbox(settings)
        yield Running(settings, stack)
    finally:
        stack.down()


def test_it_is_ready_and_describes_itself(running: Running) -> None:
    assert running.call("GET", "/readyz") == (200, {"status": "ready"})
    status, document = running.call("GET", "/v1/openapi.json")
    assert (status, document["openapi"]) == (200, "3.1.0")


def test_a_sandbox_is_there_to_begin_with_and_is_made_once(running: Running) -> None:
    tenants.prepare(running.settings)
    status, company = running.call("GET", "/v1/tenant", role="admin")
    assert (status, company["name"], company["sandbox"]) == (200, "Steelyard sandbox", True)
    assert company["id"] == str(tenants.SANDBOX)


def test_every_role_gets_a_token_once_there_is_somebody_to_be(running: Running) -> None:
    for role in ("head", "employee"):
        with pytest.raises(DeployError, match=f"No token for `{role}` before"):
            tokens.issue(running.settings, role=role)
    hire_a_head(running)
    assert comes_true(lambda: has_token(running, "head") and has_token(running, "employee"), within=30)
    for role in ROLES:
        status, _ = running.call("GET", "/v1/departments", role=role)
        assert status == 200, role


def hire_a_head(running: Running) -> None:
    """Let HR found a department, hire somebody, and appoint that person; the gateway hears of it over the bus."""
    _, position = running.call("POST", "/v1/positions", {"code": "M", "name": "Manager"}, role="hr")
    _, department = running.call("POST", "/v1/departments", {"code": "S", "name": "Sales"}, role="hr")
    hired = {
        "work_number": "1",
        "name": "王建国",
        "joined_on": "2020-01-01",
        "employment": {"department_id": department["id"], "position_id": position["id"]},
    }
    status, person = running.call("POST", "/v1/employees", hired, role="hr")
    assert status == 201, person
    heads = {"heads": [{"employee_id": person["id"], "starts_on": "2020-01-01"}]}
    status, answer = running.call("PUT", f"/v1/departments/{department['id']}/heads", heads, role="hr")
    assert status == 200, answer


def has_token(running: Running, role: str) -> bool:
    try:
        return bool(tokens.issue(running.settings, role=role))
    except DeployError:
        return False


def test_a_founded_company_is_known_to_every_service_at_once(running: Running) -> None:
    founded = asyncio.run(tenants.create_tenant(running.settings, name="Second", admin="boss"))
    login = {"tenant": str(founded.id), "username": "boss", "password": founded.password}
    status, session = running.call("POST", "/v1/sessions", login)
    assert (status, session["roles"]) == (201, ["admin"])
    for path in ("/v1/employees", "/v1/connections", "/v1/metrics", "/v1/webhooks"):
        assert running.call_with(session["access_token"], "GET", path)[0] == 200, path


def test_secrets_stay_out_of_the_logs(running: Running) -> None:
    founded = asyncio.run(tenants.create_tenant(running.settings, name="Third", admin="boss"))
    login = {"tenant": str(founded.id), "username": "boss", "password": founded.password}
    _, session = running.call("POST", "/v1/sessions", login)
    for name in ("web", "work"):
        assert founded.password not in running.log(name)
        assert session["access_token"] not in running.log(name)


def test_both_processes_end_by_themselves_when_told_to(running: Running) -> None:
    for name in ("web", "work"):
        process = running.process(name)
        process.send_signal(signal.SIGTERM)
        assert comes_true(partial(has_ended, process), within=20), name
        assert "Traceback" not in running.log(name)
    running.stack.up(tenants.prepare)
    assert running.call("GET", "/readyz")[0] == 200


def has_ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_token_needs_a_company_and_a_stack(running: Running) -> None:
    with pytest.raises(DeployError, match="There is no tenant"):
        tokens.issue(running.settings, role="hr", tenant_id=UUID(int=7))
    with pytest.raises(DeployError, match="no PostgreSQL"):
        tokens.issue(Settings(var=running.settings.var / "elsewhere", database_url=None), role="hr")
