"""The ledger of erased companies, a file beside the checkpoints of audit logs: one signed line each.

It lies outside of the database, so that a backup that is restored does not bring back who was erased.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from services.gateway.clients import signed_lines
from services.gateway.domain.hosting.erasure import LedgerEntry
from shared.kit.auth.tokens import SigningKey
from shared.kit.tenancy import digest_of

FILE = "erasures.jws"
_KIND = "erasure+jwt"
_REQUIRED = ("iat", "tenant", "by")


@dataclass(frozen=True, slots=True)
class ErasureLedger:
    folder: Path
    key: SigningKey

    async def enter(self, entry: LedgerEntry) -> None:
        """Add an entry; returns once it is on disk."""
        claims = {"iat": entry.erased_at.timestamp(), "tenant": str(entry.tenant_id), "by": entry.by}
        line = signed_lines.signed(self.key, claims, kind=_KIND)
        await asyncio.to_thread(signed_lines.append, self.folder / FILE, line)

    def tidy(self, erased: frozenset[bytes]) -> None:
        """Remove the checkpoints of audit logs that are gone."""
        for file in self.folder.glob("*.jws"):
            if _is_of(file, erased):
                file.unlink(missing_ok=True)


def read_ledger(file: Path, jwks: Mapping[str, Any]) -> Sequence[LedgerEntry]:
    """Read all entries, none where there is no file. Raises LineInvalid."""
    return list(signed_lines.read(file, jwks, kind=_KIND, required=_REQUIRED, entry=_entry))


def _entry(claims: Mapping[str, Any]) -> LedgerEntry:
    return LedgerEntry(UUID(claims["tenant"]), datetime.fromtimestamp(claims["iat"], UTC), claims["by"])


def _is_of(file: Path, erased: frozenset[bytes]) -> bool:
    try:
        return digest_of(UUID(file.stem)) in erased
    except ValueError:
        return False
