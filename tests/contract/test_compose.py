"""The containers: valid as Compose's own schema says, complete, closed, and true about commands and variables."""

import base64
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer
import yaml
from jsonschema import Draft7Validator

from deploy.cli import app
from deploy.distributed.commands import Service
from deploy.distributed.mounted import SECRETS_DIR
from deploy.distributed.provision import DATABASE, OPERATOR
from deploy.distributed.surroundings import POOL
from deploy.kafka.libraries import kafka_version
from deploy.kafka.properties import server_properties
from deploy.migrate import SERVICES
from deploy.standalone.settings import ROOT
from deploy.standalone.settings import Settings as StackSettings
from deploy.standalone.supervisor import STOP_SECONDS

Json = dict[str, Any]
PUBLISHED = Path(__file__).parent / "schemas" / "compose" / "compose-spec.json"
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
PROCESSES = {**dict.fromkeys(SERVICES, "app"), **{f"{service}-worker": "worker" for service in SERVICES}}
CHORES = {"provision", "migrate", "topics", "operator"}
DEPENDENCIES = {"postgres", "kafka"}
IMAGE_USERS = {"postgres": "999:999", "kafka": "1000:1000"}
"""The accounts that own their data in the published images."""
AUDIT = "/var/lib/steelyard/audit"
_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY")
_VARIABLE = re.compile(r"\$\{([A-Z_]+):-([^}]*)\}")


@cache
def compose() -> Json:
    document: Json = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return document


def services() -> Mapping[str, Json]:
    found: Mapping[str, Json] = compose()["services"]
    return found


def long_running() -> dict[str, Json]:
    return {name: service for name, service in services().items() if name not in CHORES}


def ours() -> dict[str, Json]:
    return {name: service for name, service in services().items() if name not in DEPENDENCIES}


EACH = pytest.mark.parametrize("name", services())
EACH_LONG_RUNNING = pytest.mark.parametrize("name", long_running())
EACH_OF_OURS = pytest.mark.parametrize("name", ours())
EACH_PROCESS = pytest.mark.parametrize("name", PROCESSES)


def problems(document: Json) -> list[str]:
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    return [error.message for error in Draft7Validator(schema).iter_errors(document)]


def test_it_is_valid_as_the_published_schema_says() -> None:
    assert problems(compose()) == []


@pytest.mark.parametrize(
    "wrong", [{"services": {"web": {"imagine": "x"}}}, {"services": {"web": {"read_only": "maybe so", "ports": "80"}}}]
)
def test_the_published_schema_refuses_what_is_wrong(wrong: Json) -> None:
    assert problems(wrong)


def test_every_process_is_there_and_nothing_unknown() -> None:
    assert set(services()) == PROCESSES.keys() | CHORES | DEPENDENCIES
    for name, kind in PROCESSES.items():
        assert services()[name]["command"][:2] == [kind, name.removesuffix("-worker")]


def test_commands_know_every_service() -> None:
    assert tuple(Service) == SERVICES


@EACH
def test_it_is_closed(name: str) -> None:
    service = services()[name]
    user, group = service["user"].split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc"} & service.keys()
    assert service["deploy"]["resources"]["limits"].keys() == {"memory", "pids"}
    assert not any(source.startswith(("/", ".", "~")) for source, _, _ in mounts(service)), "nothing of the host"


def test_users_are_the_images_own() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert {service["user"] for service in ours().values()} == {"10001:10001"}
    assert {name: services()[name]["user"] for name in DEPENDENCIES} == IMAGE_USERS
    assert services()["postgres"]["group_add"] == ["10001"]


@EACH_LONG_RUNNING
def test_what_runs_for_long_is_watched_and_comes_back(name: str) -> None:
    service = services()[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"].keys() == {"test", "interval", "timeout", "retries", "start_period", "start_interval"}
    assert int(service["stop_grace_period"].removesuffix("s")) > STOP_SECONDS


@pytest.mark.parametrize("name", sorted(CHORES))
def test_a_chore_is_done_once(name: str) -> None:
    assert services()[name]["restart"] == "no"
    assert "healthcheck" not in services()[name]


@EACH_PROCESS
def test_its_health_is_asked_where_it_listens(name: str) -> None:
    service = services()[name]
    kind, *command = service["healthcheck"]["test"]
    assert (kind, command[:2]) == ("CMD", ["python", "-m"])
    assert find_spec(command[2]) is not None
    url = urlsplit(command[3])
    assert (url.hostname, str(url.port), url.path) == ("127.0.0.1", port_of(name), "/readyz")


@EACH_OF_OURS
def test_its_command_is_one_we_know(name: str) -> None:
    arguments = services()[name].get("command", ["--help"])
    root = typer.main.get_command(app)
    with root.make_context("steelyard", list(arguments), resilient_parsing=arguments == ["--help"]) as context:
        if arguments == ["--help"]:
            return
        rest = [*context._protected_args, *context.args]  # noqa: SLF001 -- what click keeps for the command named first
        _, command, after = root.resolve_command(context, rest)  # type: ignore[attr-defined]
        command.make_context(arguments[0], after, parent=context)


@EACH_OF_OURS
def test_its_variables_are_ones_we_read(name: str) -> None:
    assert variables_of(services()[name]).keys() <= known_variables() | {SECRETS_DIR}


@EACH
def test_no_secret_stands_in_it(name: str) -> None:
    for variable, value in variables_of(services()[name]).items():
        assert not _SECRET.search(variable) or value.startswith("/secrets/"), variable
        assert urlsplit(value).password is None, variable


@EACH_PROCESS
def test_a_process_sees_its_own_secrets_only_and_writes_nowhere_but_checkpoints(name: str) -> None:
    service = name.removesuffix("-worker")
    log = [("audit", AUDIT, "rw")] if name == "gateway-worker" else []
    assert mounts(services()[name]) == [(f"{service}-secrets", f"/secrets/{service}", "ro"), *log]
    assert variables_of(services()[name]) == {SECRETS_DIR: f"/secrets/{service}"}


def test_checkpoints_are_laid_where_the_operator_exports_the_log() -> None:
    told = variables_of(services()["provision"])["STEELYARD_VAR"]
    assert str(StackSettings(var=Path(told)).audit) == AUDIT
    assert ("audit", AUDIT, "rw") in mounts(services()["operator"])
    assert f" {AUDIT} " in DOCKERFILE


def test_everybodys_secrets_are_provisioned_where_they_are_read() -> None:
    written = {target: source for source, target, mode in mounts(services()["provision"]) if mode == "rw"}
    for folder in (*SERVICES, OPERATOR, DATABASE):
        assert written[f"/secrets/{folder}"] == f"{folder}-secrets"
        assert f"/secrets/{folder}" in DOCKERFILE, "made in the image, so that a new volume belongs to who writes there"
    assert ("database-secrets", "/secrets/database", "ro") in mounts(services()["postgres"])
    assert variables_of(services()["postgres"])["POSTGRES_PASSWORD_FILE"] == f"/secrets/{DATABASE}/password"


def test_all_volumes_are_declared_and_used() -> None:
    assert {source for service in services().values() for source, _, _ in mounts(service)} == compose()[
        "volumes"
    ].keys()


def test_only_the_gateway_is_published_and_only_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert published.keys() == {"gateway"}
    (port,) = published["gateway"]
    assert _VARIABLE.sub(r"\2", port) == f"127.0.0.1:8000:{port_of('gateway')}"


def test_only_those_who_must_reach_the_outside() -> None:
    assert compose()["networks"]["inside"]["internal"]
    outside = {name for name, service in services().items() if "outside" in service.get("networks", ())}
    assert outside == {"gateway", "notifier-worker"}
    assert services()["provision"]["network_mode"] == "none"


@EACH
def test_it_waits_only_for_what_can_come_true(name: str) -> None:
    for other, wait in services()[name].get("depends_on", {}).items():
        conditions = {"service_completed_successfully": CHORES, "service_healthy": long_running().keys()}
        assert other in conditions[wait["condition"]]


@EACH_PROCESS
def test_a_process_needs_no_other_to_start(name: str) -> None:
    assert services()[name]["depends_on"].keys() == {"migrate", "topics"}


def test_services_are_found_where_the_gateway_is_told() -> None:
    command = services()["provision"]["command"]
    upstream = urlsplit(command[command.index("--upstream") + 1])
    assert (upstream.scheme, upstream.hostname) == ("http", "{service}")
    assert {port_of(service) for service in SERVICES} == {str(upstream.port)}
    assert "0.0.0.0" in services()["archive"]["command"]  # noqa: S104 -- inside its container


def test_database_and_bus_are_found_where_everybody_is_told() -> None:
    told = variables_of(services()["provision"])
    assert urlsplit(told["DATABASE_URL"])[:3] == ("postgresql", "postgres@postgres:5432", "/steelyard")
    assert variables_of(services()["postgres"])["POSTGRES_DB"] == "steelyard"
    assert told["KAFKA_URL"] == variables_of(services()["topics"])["KAFKA_URL"] == "kafka://kafka:9092"
    assert variables_of(services()["kafka"])["KAFKA_ADVERTISED_LISTENERS"] == "CLIENTS://kafka:9092"


def test_connections_suffice() -> None:
    (limit,) = (int(part.split("=")[1]) for part in services()["postgres"]["command"] if "max_connections" in part)
    listeners, chores_and_superusers = len(SERVICES), 8
    assert len(PROCESSES) * POOL + listeners + chores_and_superusers <= limit


def test_kafka_is_the_one_we_test_with() -> None:
    assert services()["kafka"]["image"] == f"apache/kafka:{kafka_version()}"


def test_kafka_keeps_for_as_long_as_the_one_we_test_with() -> None:
    ours = dict(
        line.split("=", 1)
        for line in server_properties(data="data", port=1, controller_port=2, advertised_port=1).splitlines()
    )
    told = variables_of(services()["kafka"])
    for name in ("offsets.retention.minutes", "message.max.bytes", "auto.create.topics.enable"):
        assert told[f"KAFKA_{name.replace('.', '_').upper()}"] == ours[name]


def test_a_new_disk_of_kafka_is_another_cluster_and_an_old_one_the_same(tmp_path: Path) -> None:
    """Relays tell by the id that a disk is lost; without one the image takes an id that is the same everywhere."""
    first, second = cluster_id(tmp_path), cluster_id(tmp_path)
    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", first)
    assert base64.urlsafe_b64encode(base64.urlsafe_b64decode(f"{first}==")) == f"{first}==".encode()
    (tmp_path / "meta.properties").write_text(f"version=1\ndirectory.id=x\ncluster.id={first}\nnode.id=1\n", "utf-8")
    assert cluster_id(tmp_path) == first


def cluster_id(disk: Path) -> str:
    """Start the container's command on a disk, with a program in Kafka's place that says which id it was given."""
    *shell, script = services()["kafka"]["command"]
    folder = variables_of(services()["kafka"])["KAFKA_LOG_DIRS"]
    assert folder in script
    script = (
        script.replace("$$", "$").replace(folder, str(disk)).replace("/etc/kafka/docker/run", "printenv CLUSTER_ID")
    )
    return subprocess.run([*shell, script], capture_output=True, text=True, check=True).stdout.strip()


def test_the_image_is_made_of_what_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE)
    admitted = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8")
    assert copied
    for source in copied:
        assert (ROOT / source).exists()
        assert f"!{source.rstrip('/')}\n" in admitted
    assert "--require-hashes" in DOCKERFILE
    assert "latest" not in DOCKERFILE


def mounts(service: Json) -> list[tuple[str, str, str]]:
    """Give source, target and mode of each volume."""
    split = [volume.split(":") for volume in service.get("volumes", ())]
    return [(source, target, *(mode or ["rw"])) for source, target, *mode in split]


def variables_of(service: Json) -> dict[str, str]:
    found: dict[str, str] = service.get("environment", {})
    return found


def port_of(name: str) -> str:
    command: list[str] = services()[name]["command"]
    return command[command.index("--port") + 1]


def known_variables() -> set[str]:
    return {str(field.validation_alias) for field in StackSettings.model_fields.values()} | set(_of_services())


def _of_services() -> Iterator[str]:
    for service in SERVICES:
        settings = import_module(f"services.{service}.config").Settings
        for field in settings.model_fields:
            yield f"{settings.model_config['env_prefix']}{field}".upper()
