"""Tokens for tests, signed with a key made for the run."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.core.access import Principal
from shared.kit.auth.tokens import SigningKey, sign

KEY = SigningKey("test", Ed25519PrivateKey.generate())


def write_jwks(folder: Path) -> Path:
    path = folder / "jwks.json"
    path.write_text(json.dumps({"keys": [KEY.public_jwk()]}), "utf-8")
    return path


def write_signing_key(folder: Path) -> Path:
    path = folder / f"{KEY.key_id}.pem"
    path.write_bytes(KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def token_of(principal: Principal) -> str:
    return sign(principal, key=KEY, now=datetime.now(UTC))


def make_hr(tenant_id: UUID, **overrides: object) -> Principal:
    return _person(tenant_id, {"subject": "hr", "roles": frozenset({"hr"}), **overrides})


def make_admin(tenant_id: UUID, **overrides: object) -> Principal:
    return _person(tenant_id, {"subject": "admin", "roles": frozenset({"admin"}), **overrides})


def make_person(tenant_id: UUID, employee_id: UUID, **overrides: object) -> Principal:
    return _person(tenant_id, {"subject": f"person-{employee_id}", "employee_id": employee_id, **overrides})


def make_client(tenant_id: UUID, *scopes: str, subject: str = "client") -> Principal:
    return Principal(tenant_id=tenant_id, subject=subject, kind="client", scopes=frozenset(scopes))


def _person(tenant_id: UUID, fields: dict[str, object]) -> Principal:
    return Principal(tenant_id=tenant_id, kind="person", **fields)  # type: ignore[arg-type]


def altered(secret: str) -> str:
    """Change one sign of a secret, at a place where every bit of it counts."""
    at = len(secret) - 8
    return secret[:at] + ("A" if secret[at] != "A" else "B") + secret[at + 1 :]
