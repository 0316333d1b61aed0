"""Checkpoints of the audit log in a folder outside of the database: one file a tenant, one signed line each (RFC 7515).

Who keeps copies of these files elsewhere can tell of any log whether something in it was changed.
"""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt

from services.gateway.domain.audit.chain import Checkpoint
from shared.kit.auth.tokens import ISSUER, SigningKey

_TYPE = "audit-checkpoint+jwt"
_ALGORITHM = "EdDSA"
_REQUIRED = ("iss", "iat", "tenant", "sequence", "digest", "first")


class CheckpointInvalid(Exception):
    """A line that nobody has signed who was to, or that says something else than how far a log goes."""


@dataclass(frozen=True, slots=True)
class CheckpointFolder:
    """Where checkpoints are laid; the folder is made when the first one comes."""

    path: Path
    key: SigningKey

    async def deposit(self, checkpoint: Checkpoint) -> None:
        """Sign a checkpoint and add it to its tenant's file; returns once it is on disk."""
        await asyncio.to_thread(self._append, file_of(self.path, checkpoint.tenant_id), self._signed(checkpoint))

    def _signed(self, checkpoint: Checkpoint) -> str:
        claims = {
            "iss": ISSUER,
            "iat": checkpoint.signed_at.timestamp(),
            "tenant": str(checkpoint.tenant_id),
            "sequence": checkpoint.sequence,
            "digest": checkpoint.digest.hex(),
            "first": checkpoint.first,
        }
        headers = {"kid": self.key.key_id, "typ": _TYPE}
        return jwt.encode(claims, self.key.private, algorithm=_ALGORITHM, headers=headers)

    @staticmethod
    def _append(file: Path, line: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as stream:
            stream.write(f"{line}\n".encode())
            stream.flush()
            os.fsync(stream.fileno())


def file_of(folder: Path, tenant_id: UUID) -> Path:
    return folder / f"{tenant_id}.jws"


def read_checkpoints(file: Path, jwks: Mapping[str, Any]) -> Sequence[Checkpoint]:
    """Read the checkpoints of a tenant's file, none where there is no file. Raises CheckpointInvalid."""
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(dict(jwks)).keys}
    return list(_read(file, keys)) if file.exists() else []


def _read(file: Path, keys: Mapping[str | None, jwt.PyJWK]) -> Iterator[Checkpoint]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            yield _checkpoint(line, keys)
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise CheckpointInvalid(f"{file.name}, line {number}: {type(error).__name__}") from None


def _checkpoint(line: str, keys: Mapping[str | None, jwt.PyJWK]) -> Checkpoint:
    header = jwt.get_unverified_header(line)
    if header.get("typ") != _TYPE:
        raise ValueError("no checkpoint")
    options: Any = {"require": list(_REQUIRED), "verify_iat": False}
    claims = jwt.decode(line, keys[header["kid"]], algorithms=[_ALGORITHM], issuer=ISSUER, options=options)
    return Checkpoint(
        UUID(claims["tenant"]),
        int(claims["sequence"]),
        bytes.fromhex(claims["digest"]),
        int(claims["first"]),
        datetime.fromtimestamp(claims["iat"], UTC),
    )
