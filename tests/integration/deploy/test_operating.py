"""An operator's chores on a running stack: dead letters, groups, republishing."""

import asyncio
import json
import time
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from deploy import tenants, tokens
from deploy.cli import app
from deploy.errors import DeployError
from deploy.hosting.erasure import erase_now
from deploy.migrate import SERVICES
from deploy.operating.groups import lag, rewind
from deploy.operating.opened import with_bus
from deploy.standalone.postgres import Postgres, free_port
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from deploy.standalone.stack import Stack
from deploy.standalone.waiting import comes_true
from services.gateway.domain.rate_limit import Quota
from shared.contracts.topics import OBSERVATIONS, SCORES
from shared.kit.bus.port import Bus, Message
from tests.factories.running import Running, hire_a_head

Line = dict[str, object]
T = TypeVar("T")
READERS = ("notifier", "performance")
"""The services that read observations, each of which sets aside what it cannot handle."""
ALL = 2 * len(READERS) + len(READERS) ** 2
"""Two messages, and one sent again for each of its letters, which each of them reads again."""


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


@pytest.fixture(autouse=True)
def _of_this_stack(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_VAR", str(running.settings.var))
    monkeypatch.setenv("BUS", "postgres")


def steelyard(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def letters(*arguments: str) -> list[Line]:
    return [json.loads(line) for line in steelyard("dead-letters", "list", *arguments).splitlines()]


def poison(running: Running, value: bytes) -> None:
    async def publish(bus: Bus) -> None:
        await bus.publish([Message(OBSERVATIONS.name, "k", value)])

    with_bus(running.settings, publish)


def event(tenant: str, *, data: object) -> bytes:
    head = {"specversion": "1.0", "source": "/test", "subject": "s", "time": "2026-03-04T08:15:02Z", "sequence": "0"}
    identity = {"id": str(uuid4()), "type": "observations.recorded.v1", "tenantid": tenant}
    return json.dumps({**head, **identity, "data": data}, ensure_ascii=False).encode()


def test_letters_are_listed_replayed_and_discarded(running: Running) -> None:
    poison(running, b'{"type": "no event \xff"}')
    poison(running, event(str(tenants.SANDBOX), data={"shard": "王芳"}))
    assert comes_true(lambda: len(letters()) == 2 * len(READERS), within=30)
    unreadable, wrong = [letter for letter in letters() if letter["group"] == "performance"]
    assert (unreadable["group"], unreadable["reason"]) == ("performance", "UnicodeDecodeError")
    assert "event" not in unreadable
    assert str(wrong["reason"]).startswith("invalid data: ")
    assert "王芳" not in json.dumps(letters(), ensure_ascii=False)
    assert "王芳" in json.dumps(letters("--payloads"), ensure_ascii=False)

    assert steelyard("dead-letters", "replay", "--event", str(wrong["event"])) == f"{len(READERS)} sent again.\n"
    assert comes_true(lambda: len(letters()) == ALL, within=30)

    assert steelyard("dead-letters", "discard") == f"{ALL} put away.\n"
    assert letters() == []
    assert [letter["pending"] for letter in letters("--all")] == [False] * ALL


def test_lag_is_counted_by_service_and_topic(running: Running) -> None:
    assert comes_true(lambda: not any(lag(running.settings).values()), within=30)
    assert ("performance", OBSERVATIONS.name) in lag(running.settings)


def test_a_service_that_works_is_not_rewound(running: Running) -> None:
    refused = CliRunner().invoke(app, ["bus", "rewind", "performance"])
    assert refused.exit_code != 0
    assert "stop it first" in str(refused.exception)


def test_a_service_reads_only_its_own_topics_again(running: Running) -> None:
    with pytest.raises(Exception, match=r"connector does not read performance.scores"):
        rewind(running.settings, "connector", [SCORES.name])


def test_documents_are_told_again_and_change_nothing(running: Running) -> None:
    hire_a_head(running)
    told = steelyard("republish", "archive", "--tenant", str(tenants.SANDBOX))
    assert int(told.split()[0]) >= 2
    assert comes_true(lambda: not any(lag(running.settings).values()), within=30)


def test_an_exported_audit_log_verifies_by_files_alone(running: Running, tmp_path: Path) -> None:
    status, _ = running.call("GET", "/v1/employees", role="hr")
    log, jwks = tmp_path / "log.jsonl", running.settings.secrets / "jwks.json"
    assert status == 200

    def exported() -> str:
        return steelyard("audit", "export", "--tenant", str(tenants.SANDBOX), "--to", str(log))

    def verify() -> Result:
        proofs = ("--checkpoints", str(running.settings.audit), "--jwks", str(jwks), "--as-of", as_of)
        return CliRunner().invoke(app, ("audit", "verify", str(log), *proofs))

    assert comes_true(lambda: bool(exported()) and '"employees:read"' in log.read_text("utf-8"), within=30)
    as_of = exported().removesuffix(".\n").rpartition(" ")[2]
    assert verify().exit_code == 0, verify().output
    log.write_text(log.read_text("utf-8").replace("employees:read", "employees:made", 1), "utf-8")
    assert (verify().exit_code, "edited" in verify().output) == (1, True)


def test_no_log_is_exported_of_a_company_that_is_not_there(running: Running, tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="There is no tenant"):
        steelyard("audit", "export", "--tenant", str(uuid4()), "--to", str(tmp_path / "log.jsonl"))
    assert letters() == []
    status, people = running.call("GET", "/v1/employees", role="hr")
    assert (status, len(people["data"])) == (200, 1)


def test_a_company_is_limited_and_set_free_again(running: Running) -> None:
    sandbox = str(tenants.SANDBOX)
    assert "half a minute" in steelyard("tenant", "limit", sandbox, "reads", "7", "--of", "integration")
    assert overrides(running) == {("integration", "reads"): Quota(7, 60)}
    steelyard("tenant", "limit", sandbox, "reads", "--of", "integration")
    assert overrides(running) == {}


def test_a_company_that_does_not_exist_cannot_be_limited() -> None:
    result = CliRunner().invoke(app, ["tenant", "limit", str(uuid4()), "reads", "7"])
    assert isinstance(result.exception, DeployError)


def status_of(running: Running, token: str, path: str) -> int:
    return running.call_with(token, "GET", path)[0]


def test_a_suspended_company_is_shut_in_every_service_within_seconds(running: Running) -> None:
    """With a token that was issued before, and by an operator's key that opens nothing else."""
    token, sandbox = tokens.issue(running.settings, role="hr"), str(tenants.SANDBOX)
    paths = {"/v1/tenant", "/v1/employees", "/v1/connections", "/v1/schemes", "/v1/reminder-rules"}
    assert {status_of(running, token, path) for path in paths} == {200}
    key = steelyard("operator", "create", "night-watch", "--duty", "tenants:suspend").strip()
    assert {status_of(running, key, path) for path in paths} == {401}
    assert status_of(running, key, "/v1/tenants") == 403
    shut = {"reason": "a drill"}
    begun = time.monotonic()
    assert running.call_with(key, "PUT", f"/v1/tenants/{sandbox}/suspension", shut)[0] == 200
    assert comes_true(lambda: {status_of(running, token, path) for path in paths} == {403}, within=5)
    took = time.monotonic() - begun
    assert took < 5
    steelyard("tenant", "suspend", sandbox, "--reason", "again")
    assert "Open again" in steelyard("tenant", "resume", sandbox)
    assert comes_true(lambda: {status_of(running, token, path) for path in paths} == {200}, within=5)
    assert "night-watch" in steelyard("operator", "list")
    steelyard("operator", "end", "night-watch")
    assert running.call_with(key, "PUT", f"/v1/tenants/{sandbox}/suspension", shut)[0] == 401


def test_a_company_that_does_not_exist_cannot_be_suspended() -> None:
    for command in (("suspend", str(uuid4()), "--reason", "none"), ("resume", str(uuid4()))):
        assert isinstance(CliRunner().invoke(app, ["tenant", *command]).exception, DeployError)


def test_a_company_is_exported_and_the_file_verifies(running: Running, tmp_path: Path) -> None:
    file, sandbox = tmp_path / "company.zip", str(tenants.SANDBOX)
    told = steelyard("tenant", "export", sandbox, "--to", str(file))
    assert [line.split()[0] for line in told.splitlines()] == list(SERVICES)
    assert file.stat().st_mode & 0o077 == 0
    assert "as its manifest says" in steelyard("tenant", "verify-export", str(file))
    with zipfile.ZipFile(file) as archive:
        assert "王建国" in archive.read("archive/employees.ndjson").decode()
        whole = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as forged:
        for name, content in whole.items():
            forged.writestr(name, content.replace("王建国".encode(), "王建军".encode()))
    refused = CliRunner().invoke(app, ["tenant", "verify-export", str(file)])
    assert (refused.exit_code, "archive/employees.ndjson" in refused.output) == (1, True)
    again = CliRunner().invoke(app, ["tenant", "export", sandbox, "--to", str(file)])
    assert isinstance(again.exception, DeployError)


def test_an_erased_company_stays_erased_when_a_backup_comes_back(running: Running) -> None:
    """Leaves out the backup itself: the rows are written again that it would have brought back."""
    created = steelyard("tenant", "create", "--name", "衡信", "--admin", "root-of-hengxin")
    tenant = created.split()[1]
    refused = CliRunner().invoke(app, ["tenant", "erase", tenant, "--name", "衡信", "--now"])
    assert isinstance(refused.exception, DeployError)
    steelyard("tenant", "suspend", tenant, "--reason", "the contract ended")
    assert "it begins at" in steelyard("tenant", "erase", tenant, "--name", "衡信")
    assert "the ledger remembers" in steelyard("tenant", "erase", tenant, "--name", "衡信", "--now")
    erase_now(running.settings, UUID(tenant))  # as a command does that a worker was quicker than
    assert rows_of(running, tenant) == {}
    assert f"{tenant}  " in steelyard("tenant", "erasures")
    bring_back(running, tenant)
    assert rows_of(running, tenant) != {}
    assert CliRunner().invoke(app, ["tenant", "erasures"]).exit_code == 1
    assert steelyard("tenant", "replay-erasures").startswith("2 services")
    assert comes_true(lambda: rows_of(running, tenant) == {}, within=30)
    assert comes_true(lambda: CliRunner().invoke(app, ["tenant", "erasures"]).exit_code == 0, within=30)


_EVERYWHERE = """
SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname = ANY ($1)
"""


def rows_of(running: Running, tenant: str) -> dict[str, int]:
    """Count the rows of every table, the log of the bus included, in which a company's id stands as text or bytes."""

    async def count(connection: asyncpg.Connection) -> dict[str, int]:
        wanted = [f"%{tenant}%", f"%{tenant.encode().hex()}%"]
        tables = [row["name"] for row in await connection.fetch(_EVERYWHERE, [*SERVICES, "bus"])]
        asked = "SELECT count(*) FROM {} AS held WHERE to_jsonb(held)::text LIKE ANY ($1)"
        counts = {table: await connection.fetchval(asked.format(table), wanted) for table in tables}
        return {table: rows for table, rows in counts.items() if rows}

    return as_superuser(running, count)


def bring_back(running: Running, tenant: str) -> None:
    """Write rows of two services as an older backup has them, which knows of no erasure."""

    async def write(connection: asyncpg.Connection) -> None:
        for service in ("archive", "gateway"):
            await connection.execute(f"DELETE FROM {service}.erasures")  # noqa: S608 -- one of our schemas
            await connection.execute(
                f"INSERT INTO {service}.tenants VALUES ($1, 1, '衡信', 'active', 'UTC', 'CNY', 'zh', false, 0)",  # noqa: S608 -- as above
                UUID(tenant),
            )

    as_superuser(running, write)


def as_superuser(running: Running, act: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    async def do() -> T:
        connection = await asyncpg.connect(Postgres(running.settings.postgres).url.replace("+asyncpg", "", 1))
        try:
            return await act(connection)
        finally:
            await connection.close()

    return asyncio.run(do())


def overrides(running: Running) -> Mapping[tuple[str, str], Quota]:
    async def read() -> Mapping[tuple[str, str], Quota]:
        wiring = wire_service(running.settings, "gateway", pool=1)
        try:
            found: Mapping[tuple[str, str], Quota] = await wiring.quota_overrides.of(tenants.SANDBOX)
            return found
        finally:
            await wiring.close_quotas()
            await wiring.database.close()

    return asyncio.run(read())
