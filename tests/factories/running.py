"""A started stack and what its users do with it."""

import json
from http.client import HTTPConnection
from typing import Any

import psutil

from deploy import tokens
from deploy.errors import DeployError
from deploy.standalone.settings import Settings
from deploy.standalone.stack import Stack

Json = dict[str, Any]


class Running:
    """A started stack and what its users do with it."""

    def __init__(self, settings: Settings, stack: Stack) -> None:
        self.settings = settings
        self.stack = stack

    def call(self, method: str, path: str, body: Json | None = None, *, role: str | None = None) -> tuple[int, Json]:
        token = tokens.issue(self.settings, role=role) if role else ""
        return self.call_with(token, method, path, body)

    def call_with(
        self, token: str, method: str, path: str, body: Json | None = None, *, port: int | None = None
    ) -> tuple[int, Json]:
        """Ask the stack's public port, or another one."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection = HTTPConnection("127.0.0.1", port or self.settings.port, timeout=20)
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


def has_ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
