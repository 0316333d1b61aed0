"""What a command says where its database is away or is none of ours: one line that an operator understands."""

import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from deploy.cli import main
from deploy.errors import DeployError
from deploy.operating.opened import with_bus
from deploy.standalone.postgres import free_port
from deploy.standalone.settings import Settings
from shared.kit.bus.port import Bus, Fenced
from tests.factories.installation import Installation

COMMANDS = (
    ("republish", "archive"),
    ("operator", "list"),
    ("bus", "lag"),
    ("dead-letters", "list"),
    ("bus", "rewind", "archive"),
)


@pytest.fixture(params=COMMANDS, ids=" ".join)
def command(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["steelyard", *request.param])
    monkeypatch.setenv("STEELYARD_VAR", str(tmp_path))
    monkeypatch.setenv("BUS", "postgres")


@pytest.mark.usefixtures("command")
def test_a_database_that_is_away_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://postgres@127.0.0.1:{free_port()}/none")
    with pytest.raises(SystemExit) as ended:
        main()
    assert "does not answer (ConnectionRefusedError)" in str(ended.value)


@pytest.mark.usefixtures("command")
def test_a_database_that_lets_nobody_in_is_said_to_refuse(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(installation.admin_url).set(database="nobody-made-this")
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value).startswith("steelyard: The database refuses (")


@pytest.mark.usefixtures("command")
def test_a_password_that_was_rotated_is_said_to_be_refused(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(installation.admin_url).set(password="the-one-before")
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value).startswith("steelyard: The database refuses (")


def test_what_another_member_has_taken_over_is_said(tmp_path: Path) -> None:
    async def lose(_: Bus) -> None:
        raise Fenced("dead-letters was moved by another member")

    with pytest.raises(DeployError, match="moved by another member"):
        with_bus(Settings(var=tmp_path, database_url="postgresql://postgres@127.0.0.1/none", bus="postgres"), lose)
