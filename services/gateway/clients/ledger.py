"""The ledger of erased companies, a file beside the checkpoints of audit logs: one signed line each (RFC 7515).

It lies outside of the database, so that a backup that is restored does not bring back who was erased.
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

from services.gateway.domain.hosting.erasure import LedgerEntry
from shared.kit.auth.tokens import ISSUER, SigningKey
from shared.kit.tenancy import digest_of

FILE = "erasures.jws"
_TYPE = "erasure+jwt"
_ALGORITHM = "EdDSA"


class LedgerInvalid(Exception):
    """A line that was not signed by who was to, or says something else than that a company is to be gone."""


@dataclass(frozen=True, slots=True)
class ErasureLedger:
    folder: Path
    key: SigningKey

    async def enter(self, entry: LedgerEntry) -> None:
        """Add an entry; returns once it is on disk."""
        await asyncio.to_thread(self._append, self._signed(entry))

    def tidy(self, erased: frozenset[bytes]) -> None:
        """Remove the checkpoints of audit logs that are gone."""
        for file in self.folder.glob("*.jws"):
            if _is_of(file, erased):
                file.unlink(missing_ok=True)

    def _signed(self, entry: LedgerEntry) -> str:
        claims = {
            "iss": ISSUER,
            "iat": entry.erased_at.timestamp(),
            "tenant": str(entry.tenant_id),
            "by": entry.by,
        }
        headers = {"kid": self.key.key_id, "typ": _TYPE}
        return jwt.encode(claims, self.key.private, algorithm=_ALGORITHM, headers=headers)

    def _append(self, line: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / FILE).open("ab") as stream:
            stream.write(f"{line}\n".encode())
            stream.flush()
            os.fsync(stream.fileno())


def read_ledger(file: Path, jwks: Mapping[str, Any]) -> Sequence[LedgerEntry]:
    """Read all entries, none where there is no file. Raises LedgerInvalid."""
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(dict(jwks)).keys}
    return list(_read(file, keys)) if file.exists() else []


def _read(file: Path, keys: Mapping[str | None, jwt.PyJWK]) -> Iterator[LedgerEntry]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            yield _entry(line, keys)
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise LedgerInvalid(f"{file.name}, line {number}: {type(error).__name__}") from None


def _entry(line: str, keys: Mapping[str | None, jwt.PyJWK]) -> LedgerEntry:
    header = jwt.get_unverified_header(line)
    if header.get("typ") != _TYPE:
        raise ValueError("no erasure")
    options: Any = {"require": ["iss", "iat", "tenant", "by"], "verify_iat": False}
    claims = jwt.decode(line, keys[header["kid"]], algorithms=[_ALGORITHM], issuer=ISSUER, options=options)
    return LedgerEntry(UUID(claims["tenant"]), datetime.fromtimestamp(claims["iat"], UTC), claims["by"])


def _is_of(file: Path, erased: frozenset[bytes]) -> bool:
    try:
        return digest_of(UUID(file.stem)) in erased
    except ValueError:
        return False
