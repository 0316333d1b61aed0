"""Entries of the audit log for tests, whole logs of them, and what is done with the log of a gateway."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.gateway.clients.checkpoints import file_of, read_checkpoints
from services.gateway.domain.audit.chain import AuditChain, AuditEntry, Checkpoint, beginning
from services.gateway.domain.audit.verification import line_of
from services.gateway.usecases.audit.keep_audit_entries import keep_audit_entries
from services.gateway.usecases.audit.seal_audit import seal_audit
from services.gateway.wiring import Wiring
from shared.core.clock import FixedClock
from tests.factories.access import KEY

TENANT = UUID(int=1)
JWKS = {"keys": [KEY.public_jwk()]}
BEGAN = datetime(2026, 3, 4, 8, 15, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Log:
    lines: Sequence[str]
    checkpoints: Sequence[Checkpoint]


def make_entry(number: int, **overrides: Any) -> AuditEntry:
    fields: dict[str, Any] = {
        "id": UUID(int=number),
        "service": "archive",
        "occurred_at": BEGAN + timedelta(seconds=number),
        "actor": f"account-{number % 3}",
        "actor_kind": "person",
        "actor_employee_id": UUID(int=1000 + number % 3),
        "action": "records:read",
        "outcome": "read",
        "method": "GET",
        "route": "/v1/employees/{employee_id}/records",
        "resource": f"/v1/employees/{UUID(int=number)}/records",
        "status": 200,
        "code": None,
        "subjects": (UUID(int=number),),
        "rows": number,
        "request_id": f"request-{number}",
        "client_address": "203.0.113.7",
    }
    return AuditEntry(**{**fields, **overrides})


def make_chain(tenant_id: UUID = TENANT, **overrides: Any) -> AuditChain:
    fields: dict[str, Any] = {
        "tenant_id": tenant_id,
        "sequence": 0,
        "digest": beginning(tenant_id),
        "first": 1,
        "keep_days": 180,
        "signed_sequence": 0,
        "signed_first": 1,
        "unsigned_since": None,
    }
    return AuditChain(**{**fields, **overrides})


def sealed_log(entries: int, *, signed: Collection[int]) -> Log:
    """Make a log of so many entries with checkpoints after some of them."""
    chain, lines, checkpoints = make_chain(), [], []
    for number in range(1, entries + 1):
        entry = make_entry(number)
        chain, [place] = chain.sealed([entry], at=entry.occurred_at)
        lines.append(line_of(entry.record(TENANT, number), place.digest))
        if number in signed:
            checkpoints.append(chain.checkpoint(at=entry.occurred_at))
            chain = chain.signed(checkpoints[-1])
    return Log(lines, checkpoints)


async def keep(wiring: Wiring, tenant_id: UUID, *numbers: int, **overrides: Any) -> None:
    entries = [make_entry(number, **{"id": uuid4(), **overrides}) for number in numbers]
    await keep_audit_entries(wiring.works.of(tenant_id), entries)


async def seal(wiring: Wiring, tenant_id: UUID, clock: FixedClock, *, closing: bool = True) -> None:
    await seal_audit(wiring.works.of(tenant_id), wiring.checkpoints.deposit, at=clock.now(), closing=closing)


async def lines_of(wiring: Wiring, tenant_id: UUID) -> list[str]:
    found: AsyncIterator[Sequence[str]] = wiring.queries(tenant_id).audit_lines(through=1_000_000)
    return [line async for lines in found for line in lines]


def checkpoints_of(wiring: Wiring, tenant_id: UUID) -> Sequence[Checkpoint]:
    return read_checkpoints(file_of(wiring.checkpoints.path, tenant_id), JWKS)
