"""`steelyard audit verify`: offline, by files alone, with an exit code that a script can trust."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import DeployError
from services.gateway.clients.checkpoints import CheckpointFolder, file_of
from shared.kit.auth.tokens import SigningKey
from tests.factories.access import KEY
from tests.factories.audit import BEGAN, TENANT, sealed_log

pytestmark = pytest.mark.anyio

LOG = sealed_log(30, signed=(10, 20, 30))


class Files:
    """A log, the checkpoints of it, and the public keys, as they lie on an auditor's desk."""

    def __init__(self, folder: Path) -> None:
        self.log, self.checkpoints, self.jwks = folder / "log.jsonl", folder / "audit", folder / "jwks.json"

    def write(self, lines: Sequence[str]) -> None:
        self.log.write_text("".join(f"{line}\n" for line in lines), "utf-8")

    def verify(self, *options: str) -> Result:
        arguments = ["audit", "verify", str(self.log), "--checkpoints", str(self.checkpoints), "--jwks", str(self.jwks)]
        return CliRunner().invoke(app, [*arguments, *options])


@pytest.fixture
async def files(tmp_path: Path) -> Files:
    files = Files(tmp_path)
    folder = CheckpointFolder(files.checkpoints, KEY)
    for checkpoint in LOG.checkpoints:
        await folder.deposit(checkpoint)
    files.jwks.write_text(json.dumps({"keys": [KEY.public_jwk()]}), "utf-8")
    files.write(LOG.lines)
    return files


async def test_an_untouched_log_verifies(files: Files) -> None:
    result = files.verify()
    assert result.exit_code == 0, result.output
    assert f"30 entries of {TENANT} hold, 3 checkpoints agree" in result.output


async def test_the_first_broken_link_is_named(files: Files) -> None:
    files.write([*LOG.lines[:16], LOG.lines[16].replace("GET", "PUT"), *LOG.lines[17:]])
    result = files.verify()
    assert result.exit_code == 1
    assert "BROKEN at entry 17 (line 17): edited" in result.output


async def test_a_log_that_is_gone_is_missed(files: Files) -> None:
    files.write([])
    result = files.verify("--tenant", str(TENANT))
    assert result.exit_code == 1
    assert "BROKEN at entry 1 (line 1): truncated" in result.output
    with pytest.raises(DeployError, match="--tenant"):
        raise files.verify().exception or AssertionError


async def test_bytes_that_are_no_text_are_a_broken_line(files: Files) -> None:
    files.log.write_bytes(files.log.read_bytes().replace(b"records:read", b"records:rea\xff", 1))
    assert "BROKEN at entry 1 (line 1): unreadable" in files.verify().output


async def test_an_older_export_is_verified_as_of_its_time(files: Files) -> None:
    files.write(LOG.lines[:20])
    assert files.verify().exit_code == 1
    then = (BEGAN + timedelta(seconds=25)).isoformat()
    assert files.verify("--as-of", then).exit_code == 0
    assert files.verify("--as-of", then.replace("+00:00", "")).exit_code == 0, "without a zone it is UTC"


async def test_keys_of_before_count_beside_those_of_now(files: Files, tmp_path: Path) -> None:
    new = SigningKey("new", Ed25519PrivateKey.generate())
    await CheckpointFolder(files.checkpoints, new).deposit(LOG.checkpoints[2])
    with pytest.raises(DeployError, match=r"jws, line 4"):
        raise files.verify().exception or AssertionError
    second = tmp_path / "new.json"
    second.write_text(json.dumps({"keys": [new.public_jwk()]}), "utf-8")
    assert files.verify("--jwks", str(second)).exit_code == 0


async def test_a_checkpoint_that_was_changed_is_no_proof(files: Files) -> None:
    file = file_of(files.checkpoints, TENANT)
    file.write_text(file.read_text("utf-8").replace(".", ".A", 1), "utf-8")
    with pytest.raises(DeployError, match="not what was signed"):
        raise files.verify().exception or AssertionError


async def test_without_checkpoints_nothing_is_proven(files: Files) -> None:
    file_of(files.checkpoints, TENANT).unlink()
    assert "BROKEN at entry 1 (line 1): unsigned" in files.verify().output


@pytest.mark.parametrize("jwks", ["{}", "nothing", '{"keys": []}', '{"keys": 1}'])
async def test_keys_that_are_none_are_told(files: Files, jwks: str) -> None:
    files.jwks.write_text(jwks, "utf-8")
    with pytest.raises(DeployError, match="JWK set"):
        raise files.verify().exception or AssertionError


async def test_a_file_that_is_not_there_is_told(files: Files) -> None:
    files.log.unlink()
    with pytest.raises(DeployError, match="cannot be read"):
        raise files.verify().exception or AssertionError
