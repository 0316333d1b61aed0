"""Secrets for processes elsewhere: complete, apart, closed, and the same every time."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.distributed.mounted import SECRETS_DIR, take_in_secrets
from deploy.distributed.provision import provision
from deploy.distributed.wired import wired
from deploy.errors import DeployError
from deploy.migrate import SERVICES, runtime_role
from deploy.standalone.secrets import role_passwords
from deploy.standalone.settings import Settings

VARIABLES = tuple(
    f"STEELYARD_{name}"
    for name in (
        *("DATABASE_URL", "DATABASE_POOL", "BUS_URL", "JWKS_FILE"),
        *("SIGNING_KEY_FILE", "UPSTREAMS", "SECRETS_KEY_FILE", "AUDIT_DIR"),
    )
)
KEYS = {"gateway": {"sealing.json", "signing-1.pem", "jwks.json"}, "notifier": {"sealing.json", "jwks.json"}}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        var=tmp_path / "var",
        database_url="postgresql://postgres@postgres:5432/steelyard",
        kafka_url="kafka://kafka:9092",
    )


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    provision(settings, to=tmp_path / "secrets", upstream="http://{service}:8000")
    return tmp_path / "secrets"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give an environment that says nothing about Steelyard, whatever is taken in meanwhile."""
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return monkeypatch


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_be_wired_from_its_folder_alone(folder: Path, bare: pytest.MonkeyPatch, service: str) -> None:
    bare.setenv(SECRETS_DIR, str(folder / service))
    take_in_secrets()
    wiring = wired(service)
    assert wiring.database.engine.url.username == runtime_role(service)
    assert (wiring.database.engine.url.host, wiring.database.engine.url.port) == ("postgres", 5432)
    if service == "gateway":
        assert set(wiring.remote.upstreams) == set(SERVICES) - {"gateway"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_gets_no_keys_and_passwords_but_its_own(folder: Path, settings: Settings, service: str) -> None:
    files = contents(folder / service)
    assert {name for name in files if not name.startswith("STEELYARD_")} == KEYS.get(service, {"jwks.json"})
    others = {password for name, password in role_passwords(settings).items() if name != service}
    written = b"\n".join(files.values()).decode()
    assert not [password for password in others if password in written]


def test_everything_is_closed_to_others(folder: Path) -> None:
    modes = {path.relative_to(folder).parts[0]: set[int]() for path in folder.iterdir()}
    for path in folder.rglob("*"):
        modes[path.relative_to(folder).parts[0]].add(path.stat().st_mode & 0o777)
    assert modes.pop("database") == {0o750, 0o640}, "the database's server is of the same group"
    assert set(modes) == {*SERVICES, "operator"}
    assert all(found == {0o700, 0o600} for found in modes.values())


def test_a_database_without_a_password_gets_one_and_keeps_it(folder: Path, settings: Settings) -> None:
    before = contents(folder)
    provision(settings, to=folder, upstream="http://{service}:8000")
    assert contents(folder) == before
    admin = urlsplit(before["operator/DATABASE_URL"].decode())
    assert admin.password
    assert before["database/password"].decode() == admin.password


def test_a_password_that_is_given_stays(settings: Settings, tmp_path: Path) -> None:
    given = settings.model_copy(update={"database_url": "postgresql+asyncpg://owner:s3cret@db.example:6432/hr"})
    provision(given, to=tmp_path / "to", upstream="http://{service}.hr:80")
    assert (tmp_path / "to/operator/DATABASE_URL").read_text() == given.database_url
    assert '"archive": "http://archive.hr:80"' in (tmp_path / "to/gateway/STEELYARD_UPSTREAMS").read_text()


def test_what_is_not_written_any_more_goes(folder: Path, settings: Settings) -> None:
    (folder / "archive" / "STEELYARD_FORMER").write_text("1")
    provision(settings, to=folder, upstream="http://{service}:8000")
    assert not (folder / "archive" / "STEELYARD_FORMER").exists()


def test_keys_are_named_as_they_are_seen(settings: Settings, tmp_path: Path) -> None:
    provision(settings, to=tmp_path / "to", upstream="http://{service}:8000", seen_at=Path("/secrets"))
    named = tmp_path / "to" / "gateway" / "STEELYARD_SIGNING_KEY_FILE"
    assert named.read_text() == "/secrets/gateway/signing-1.pem"
    assert (tmp_path / "to" / "gateway" / "signing-1.pem").exists()


@pytest.mark.parametrize(("lacking", "named"), [("database_url", "DATABASE_URL"), ("kafka_url", "KAFKA_URL")])
def test_it_asks_for_what_it_cannot_know(settings: Settings, tmp_path: Path, lacking: str, named: str) -> None:
    with pytest.raises(DeployError, match=named):
        provision(settings.model_copy(update={lacking: None}), to=tmp_path / "to", upstream="http://{service}:8000")
    assert not (tmp_path / "to").exists()


def test_what_is_set_already_counts_more_than_a_file(folder: Path, bare: pytest.MonkeyPatch) -> None:
    bare.setenv(SECRETS_DIR, str(folder / "archive"))
    bare.setenv("STEELYARD_DATABASE_POOL", "9")
    take_in_secrets()
    assert wired("archive").database.engine.pool.size() == 9


def test_a_folder_that_is_not_there_is_said(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare.setenv(SECRETS_DIR, str(tmp_path / "nowhere"))
    with pytest.raises(DeployError, match=r"STEELYARD_SECRETS_DIR names .*nowhere"):
        take_in_secrets()


def test_what_is_missing_or_wrong_is_named_and_never_shown(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("STEELYARD_DATABASE_URL", "postgresql+asyncpg://archive:s3cret@db/x")
    bare.setenv("STEELYARD_DATABASE_POOL", "s3cret")
    with pytest.raises(DeployError) as refused:
        wired("archive")
    for name in ("STEELYARD_DATABASE_POOL", "STEELYARD_BUS_URL", "STEELYARD_JWKS_FILE"):
        assert name in str(refused.value)
    assert "s3cret" not in str(refused.value)
