"""`steelyard audit`: a company's audit log written down, and what was written down verified by itself."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt

from deploy.errors import DeployError
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from services.gateway.clients.checkpoints import file_of, read_checkpoints
from services.gateway.clients.signed_lines import LineInvalid
from services.gateway.domain.audit.chain import AuditChain, Checkpoint
from services.gateway.domain.audit.verification import Break, first_break
from shared.kit.tenancy import tenant_ids


@dataclass(frozen=True, slots=True)
class Written:
    lines: int
    as_of: datetime
    """Checkpoints signed later may speak of entries that are not in the export."""


@dataclass(frozen=True, slots=True)
class Verified:
    tenant_id: UUID
    lines: int
    checkpoints: int
    broken: Break | None


def export(settings: Settings, tenant_id: UUID, *, to: Path) -> Written:
    """Write a tenant's log to a file. Raises DeployError where there is no such tenant."""
    return asyncio.run(_export(settings, tenant_id, to))


def verify(
    log: Path, *, checkpoints: Path, jwks: Sequence[Path], as_of: datetime | None, tenant_id: UUID | None
) -> Verified:
    """Find the first broken link of an export. Raises DeployError where something to verify by cannot be read."""
    lines = _lines(log)
    owner = tenant_id or _owner(lines)
    known = [each for each in _checkpoints(checkpoints, owner, jwks) if as_of is None or each.signed_at <= _utc(as_of)]
    return Verified(owner, len(lines), len(known), first_break(lines, known, tenant_id=owner))


async def _export(settings: Settings, tenant_id: UUID, to: Path) -> Written:
    gateway = wire_service(settings, "gateway", pool=2)
    try:
        if tenant_id not in await tenant_ids(gateway.database):
            raise DeployError(f"There is no tenant {tenant_id}.")
        chain: AuditChain = await gateway.seal_audit(gateway.works.of(tenant_id), closing=True)
        return Written(await _write(gateway.queries(tenant_id), chain, to), gateway.works.clock.now())
    finally:
        await gateway.database.close()


async def _write(queries: Any, chain: AuditChain, to: Path) -> int:  # noqa: ANN401 -- the gateway's queries
    count = 0
    with to.open("w", encoding="utf-8", newline="\n") as file:
        async for lines in queries.audit_lines(through=chain.signed_sequence):
            file.writelines(f"{line}\n" for line in lines)
            count += len(lines)
    return count


def _lines(log: Path) -> list[str]:
    """Read a log's lines as they are; what is no text stays so, and is found."""
    text = _read(log).decode("utf-8", errors="surrogateescape")
    return text.removesuffix("\n").split("\n") if text else []


def _owner(lines: Sequence[str]) -> UUID:
    """Tell whose log it is, by any line that can be read: the first one may be the broken one."""
    for line in lines:
        try:
            return UUID(json.loads(line)["tenant_id"])
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    raise DeployError("No line says whose log this is; name the company with --tenant.")


def _checkpoints(folder: Path, tenant_id: UUID, jwks: Sequence[Path]) -> Sequence[Checkpoint]:
    try:
        keys = [key for file in jwks for key in json.loads(_read(file))["keys"]]
        return read_checkpoints(file_of(folder, tenant_id), {"keys": keys})
    except LineInvalid as error:
        raise DeployError(f"A checkpoint is not what was signed: {error}") from None
    except (ValueError, KeyError, TypeError, jwt.PyJWTError):
        raise DeployError("The public keys are no JWK set.") from None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DeployError(f"{file} cannot be read: {error.strerror}.") from None


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
