"""Generated passwords and keys, made once, kept below `var/secrets`, and closed to other users."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.migrate import SERVICES
from deploy.standalone.locks import exclusive
from deploy.standalone.settings import Settings
from shared.kit.auth.tokens import SigningKey
from shared.kit.bus.postgres import SCHEMA as BUS
from shared.kit.crypto import KeyRing


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys of the services lie."""

    signing: Path
    """PEM of the Ed25519 key that signs access tokens."""
    jwks: Path
    """The public half, as a JWK set."""
    sealing: Path
    """Key ring that seals what the notifier must be able to read again."""


def keys(settings: Settings) -> Keys:
    """Find the keys, making those that are missing."""
    with _closed_folder(settings.secrets) as folder:
        found = Keys(folder / "signing-1.pem", folder / "jwks.json", folder / "sealing.json")
        if not found.signing.exists():
            key = Ed25519PrivateKey.generate()
            write_secret(found.signing, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        write_secret(found.jwks, json.dumps({"keys": [SigningKey.read(found.signing).public_jwk()]}).encode())
        if not found.sealing.exists():
            KeyRing.create(found.sealing)
    return found


def role_passwords(settings: Settings) -> dict[str, str]:
    """Read the passwords of the runtime roles, making those that are missing."""
    with _closed_folder(settings.secrets) as folder:
        file = folder / "roles.json"
        kept: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        passwords = {name: kept.get(name) or secrets.token_urlsafe(24) for name in (*SERVICES, BUS)}
        if passwords != kept:
            write_secret(file, json.dumps(passwords, indent=2).encode())
    return passwords


def database_password(settings: Settings) -> str:
    """Read the password of a database's administrator who came without one, making it where it is missing."""
    with _closed_folder(settings.secrets) as folder:
        file = folder / "database-password"
        if not file.exists():
            write_secret(file, secrets.token_urlsafe(24).encode())
        return file.read_text("utf-8")


def write_secret(file: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace a file whole; a reader never sees a half of it."""
    draft = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    draft.chmod(mode)
    draft.replace(file)


@contextmanager
def _closed_folder(folder: Path) -> Iterator[Path]:
    """Hold the folder, so that two who find something missing do not both make it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(folder / "lock"):
        yield folder
