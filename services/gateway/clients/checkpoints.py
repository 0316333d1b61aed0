"""Checkpoints of the audit log in a folder outside of the database: one file a tenant, one signed line each.

Who keeps copies of these files elsewhere can tell of any log whether something in it was changed.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from services.gateway.clients import signed_lines
from services.gateway.domain.audit.chain import Checkpoint
from shared.kit.auth.tokens import SigningKey

_KIND = "audit-checkpoint+jwt"
_REQUIRED = ("iat", "tenant", "sequence", "digest", "first")


@dataclass(frozen=True, slots=True)
class CheckpointFolder:
    """Where checkpoints are laid; the folder is made when the first one comes."""

    path: Path
    key: SigningKey

    async def deposit(self, checkpoint: Checkpoint) -> None:
        """Sign a checkpoint and add it to its tenant's file; returns once it is on disk."""
        line = signed_lines.signed(self.key, _claims(checkpoint), kind=_KIND)
        await asyncio.to_thread(signed_lines.append, file_of(self.path, checkpoint.tenant_id), line)


def file_of(folder: Path, tenant_id: UUID) -> Path:
    return folder / f"{tenant_id}.jws"


def read_checkpoints(file: Path, jwks: Mapping[str, Any]) -> Sequence[Checkpoint]:
    """Read the checkpoints of a tenant's file, none where there is no file. Raises LineInvalid."""
    return list(signed_lines.read(file, jwks, kind=_KIND, required=_REQUIRED, entry=_checkpoint))


def _claims(checkpoint: Checkpoint) -> Mapping[str, Any]:
    return {
        "iat": checkpoint.signed_at.timestamp(),
        "tenant": str(checkpoint.tenant_id),
        "sequence": checkpoint.sequence,
        "digest": checkpoint.digest.hex(),
        "first": checkpoint.first,
    }


def _checkpoint(claims: Mapping[str, Any]) -> Checkpoint:
    return Checkpoint(
        UUID(claims["tenant"]),
        int(claims["sequence"]),
        bytes.fromhex(claims["digest"]),
        int(claims["first"]),
        datetime.fromtimestamp(claims["iat"], UTC),
    )
