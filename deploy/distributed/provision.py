"""`steelyard provision`: what processes elsewhere need to know, as files that are mounted where they run."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from deploy.distributed.surroundings import Surroundings
from deploy.errors import DeployError
from deploy.migrate import SERVICES
from deploy.standalone.database import runtime_url
from deploy.standalone.files import write_whole
from deploy.standalone.secrets import Keys, database_password, keys, role_passwords
from deploy.standalone.settings import Settings

OPERATOR = "operator"
"""The folder of who migrates and founds companies."""
DATABASE = "database"
"""The folder of the database server itself, which runs as another user of the same group."""


def provision(settings: Settings, *, to: Path, upstream: str, seen_at: Path | None = None) -> None:
    """Write a folder for each service, one for the operator and one for the database; again is safe.

    A file's name is the variable it stands for. Processes must see each folder below `seen_at` (else below `to`).
    Raises DeployError where DATABASE_URL or KAFKA_URL is missing.
    """
    admin = _administrator(settings)
    passwords = role_passwords(settings)
    around = Surroundings(
        databases={service: runtime_url(_written(admin), service, passwords[service]) for service in SERVICES},
        bus=_bus(settings),
        upstreams={service: upstream.format(service=service) for service in SERVICES if service != "gateway"},
        keys=keys(settings),
        audit=settings.audit,
    )
    for service in SERVICES:
        _write_service(around, service, to / service, seen_at=(seen_at or to) / service)
    _write_folder(to / OPERATOR, {"DATABASE_URL": _written(admin).encode()})
    _write_folder(to / DATABASE, {"password": (admin.password or "").encode()}, mode=0o640)


def _administrator(settings: Settings) -> URL:
    if settings.database_url is None:
        raise DeployError("Say where the database is: DATABASE_URL=postgresql://user@host:5432/name.")
    url = make_url(settings.database_url)
    return url if url.password else url.set(password=database_password(settings))


def _bus(settings: Settings) -> str:
    if settings.kafka_url is None:
        raise DeployError("Say where Kafka is: KAFKA_URL=kafka://host:9092.")
    return settings.kafka_url


def _written(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _write_service(around: Surroundings, service: str, folder: Path, *, seen_at: Path) -> None:
    """Write a service's variables, and beside them the keys that they name: no service gets another's."""
    seen = Keys(**{key: seen_at / path.name for key, path in _paths(around.keys).items()})
    variables = replace(around, keys=seen).environment_of(service)
    named = {path.name: path for path in _paths(around.keys).values() if str(seen_at / path.name) in variables.values()}
    content = {name: value.encode() for name, value in variables.items()}
    _write_folder(folder, content | {name: path.read_bytes() for name, path in named.items()})


def _paths(found: Keys) -> dict[str, Path]:
    return {"signing": found.signing, "jwks": found.jwks, "sealing": found.sealing}


def _write_folder(folder: Path, files: Mapping[str, bytes], *, mode: int = 0o600) -> None:
    """Make a folder hold these files and no others, as closed as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode | (mode & 0o444) >> 2)  # who may read the files may enter
    for name, content in files.items():
        write_whole(folder / name, content, mode=mode)
    for stale in {path.name for path in folder.iterdir() if path.is_file()} - files.keys():
        (folder / stale).unlink()
