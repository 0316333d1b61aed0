"""The standalone stack as a user starts it: real processes, one port, a sandbox to begin with."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest

from deploy import tenants, tokens
from deploy.errors import DeployError
from deploy.standalone.postgres import HOST, Postgres, free_port
from deploy.standalone.secrets import retire_signing_keys, rotate_signing_key
from deploy.standalone.settings import Settings
from deploy.standalone.stack import Stack
from deploy.standalone.waiting import comes_true
from tests.factories.running import Running, has_ended, has_token, hire_a_head

ROLES = ("admin", "hr", "head", "employee", "integration")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    settings = Settings(
        var=tmp_path_factory.mktemp("stack") / "var", port=free_port(), database_url=None, bus="postgres"
    )
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


def test_a_database_that_had_to_move_is_found_again(running: Running) -> None:
    """Its port may be another program's by the time it is started again, and the processes had gone on asking there."""
    server = Postgres(running.settings.postgres)
    killed = server.running()
    assert killed is not None
    killed.kill()
    killed.wait()
    with socket.create_server((HOST, int((server.home / "port").read_text()))):
        running.stack.up(tenants.prepare)
        assert running.call("GET", "/v1/tenant", role="admin")[0] == 200


def test_a_new_key_is_signed_with_once_the_stack_is_started_again(running: Running) -> None:
    """Else nobody would be let in any more as soon as the one before is retired."""
    founded = asyncio.run(tenants.create_tenant(running.settings, name="Fourth", admin="boss"))

    def log_in() -> str:
        login = {"tenant": str(founded.id), "username": "boss", "password": founded.password}
        return str(running.call("POST", "/v1/sessions", login)[1]["access_token"])

    def is_refused(token: str) -> bool:
        return running.call_with(token, "GET", "/v1/tenant")[0] == 401

    before = log_in()
    rotate_signing_key(running.settings)
    running.stack.up(tenants.prepare)
    after = log_in()
    retire_signing_keys(running.settings)
    assert comes_true(partial(is_refused, before), within=20)
    assert not is_refused(after)


def test_a_token_needs_a_company_and_a_stack(running: Running) -> None:
    with pytest.raises(DeployError, match="There is no tenant"):
        tokens.issue(running.settings, role="hr", tenant_id=UUID(int=7))
    with pytest.raises(DeployError, match="no PostgreSQL"):
        tokens.issue(Settings(var=running.settings.var / "elsewhere", database_url=None), role="hr")
