"""Generated passwords and keys, made once, kept below `var/secrets`, and closed to other users."""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.migrate import SERVICES
from deploy.standalone.files import write_whole
from deploy.standalone.locks import exclusive
from deploy.standalone.settings import Settings
from shared.kit.auth.tokens import SigningKey
from shared.kit.bus.postgres.log import SCHEMA as BUS
from shared.kit.crypto import KeyRing


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys of the services lie."""

    signing: Path
    """PEM of the Ed25519 key that signs access tokens: the newest one."""
    jwks: Path
    """The public halves of all that have not been retired, as a JWK set."""
    sealing: Path
    """Key ring that seals what the notifier must be able to read again."""


def keys(settings: Settings) -> Keys:
    """Find the keys, making those that are missing."""
    with _closed_folder(settings.secrets) as folder:
        signing = _signing_keys(folder) or [_make_signing_key(folder, 1)]
        found = Keys(signing[-1], folder / "jwks.json", folder / "sealing.json")
        _publish(signing, found.jwks)
        if not found.sealing.exists():
            _make_sealing_key(found.sealing)
    return found


def rotate_signing_key(settings: Settings) -> str:
    """Make the next key that signs tokens, beside those before; gives its id.

    The gateway signs with it once it is restarted; who verifies tokens knows it after a second.
    """
    keys(settings)
    with _closed_folder(settings.secrets) as folder:
        signing = _signing_keys(folder)
        made = _make_signing_key(folder, _number(signing[-1]) + 1)
        _publish([*signing, made], folder / "jwks.json")
    return made.stem


def retire_signing_keys(settings: Settings) -> list[str]:
    """Accept nothing any more that was signed by any key but the newest; gives the ids of those that end.

    Their public halves are kept in `retired-jwks.json`: what they signed of the audit log must be verified for ever.
    """
    keys(settings)
    with _closed_folder(settings.secrets) as folder:
        *old, newest = _signing_keys(folder)
        retired, archive = [SigningKey.read(file).public_jwk() for file in old], folder / "retired-jwks.json"
        before = json.loads(archive.read_text("utf-8"))["keys"] if archive.exists() else []
        write_whole(archive, json.dumps({"keys": [*before, *retired]}).encode())
        _publish([newest], folder / "jwks.json")
        for file in old:
            file.unlink()
    return [file.stem for file in old]


def _signing_keys(folder: Path) -> list[Path]:
    return sorted(folder.glob("signing-*.pem"), key=_number)


def _number(file: Path) -> int:
    return int(file.stem.removeprefix("signing-"))


def _make_signing_key(folder: Path, number: int) -> Path:
    file, key = folder / f"signing-{number}.pem", Ed25519PrivateKey.generate()
    write_whole(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def _make_sealing_key(file: Path) -> None:
    """Make it beside its place: what is half written there would be taken for it ever after."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    KeyRing.create(draft)
    draft.replace(file)


def _publish(signing: Sequence[Path], jwks: Path) -> None:
    content = json.dumps({"keys": [SigningKey.read(file).public_jwk() for file in signing]}).encode()
    if not jwks.exists() or jwks.read_bytes() != content:
        write_whole(jwks, content)


def role_passwords(settings: Settings) -> dict[str, str]:
    """Read the passwords of the runtime roles, making those that are missing."""
    with _closed_folder(settings.secrets) as folder:
        file = folder / "roles.json"
        kept: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        passwords = {name: kept.get(name) or secrets.token_urlsafe(24) for name in (*SERVICES, BUS)}
        if passwords != kept:
            write_whole(file, json.dumps(passwords, indent=2).encode())
    return passwords


def database_password(settings: Settings) -> str:
    """Read the password of a database's administrator who came without one, making it where it is missing."""
    with _closed_folder(settings.secrets) as folder:
        file = folder / "database-password"
        if not file.exists():
            write_whole(file, secrets.token_urlsafe(24).encode())
        return file.read_text("utf-8")


@contextmanager
def _closed_folder(folder: Path) -> Iterator[Path]:
    """Hold the folder, so that two who find something missing do not both make it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(folder / "lock"):
        yield folder
