"""The audit log in PostgreSQL: entries arrive without a place, and get it from whoever holds their tenant's chain."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, text, update

from services.gateway.domain.audit.chain import (
    LEAST_DAYS,
    MAX_WAIT,
    AuditChain,
    AuditEntry,
    Checkpoint,
    Sealed,
    beginning,
)
from services.gateway.store.tables.audit import audit_chains, audit_checkpoints, audit_events
from shared.core.paging import Row
from shared.kit.db import Database, Transaction

_NAMES = tuple(field.name for field in fields(AuditEntry))
_COLUMNS = [audit_events.c[name] for name in _NAMES]
_PLACE = (
    "UPDATE audit_events SET sequence = place.sequence, digest = place.digest"
    " FROM unnest($2::uuid[], $3::bigint[], $4::bytea[]) AS place (id, sequence, digest)"
    " WHERE audit_events.tenant_id = $1 AND audit_events.id = place.id"
)
_NAME_SUBJECTS = (
    "INSERT INTO audit_subjects (tenant_id, employee_id, event_id)"
    " SELECT $1, * FROM unnest($2::uuid[], $3::uuid[]) ON CONFLICT DO NOTHING"
)
_ENSURE_CHAIN = text(
    "INSERT INTO audit_chains (tenant_id, sequence, digest, first, keep_days, signed_sequence, signed_first, waiting)"
    " VALUES (:tenant_id, 0, :digest, 1, :keep_days, 0, 1, :waiting)"
    " ON CONFLICT (tenant_id) DO UPDATE SET waiting = audit_chains.waiting OR excluded.waiting"
    " WHERE audit_chains.waiting < excluded.waiting"
)
"""Locks the chain where it is there already, so that whoever seals sees these entries or is told of them."""


def entry_of(row: Row) -> AuditEntry:
    return AuditEntry(**{name: row[name] for name in _NAMES})


class AuditLog:
    """One tenant's log, inside a unit of work."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id
        self._mine = audit_events.c.tenant_id == tenant_id

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        """Take in entries that were not known before, to be sealed soon."""
        rows = [{**asdict(entry), "tenant_id": self._tenant_id} for entry in entries]
        await self._tx.execute(insert(audit_events), rows)
        named = [(subject, entry.id) for entry in entries for subject in entry.subjects]
        driver = await self._tx.driver()
        await driver.execute(_NAME_SUBJECTS, self._tenant_id, [one for one, _ in named], [entry for _, entry in named])
        await self._ensure_chain(waiting=True)

    async def chain(self) -> AuditChain:
        """Load and lock the end of the log, beginning it where there is none."""
        await self._ensure_chain(waiting=False)
        names = [audit_chains.c[field.name] for field in fields(AuditChain)]
        statement = select(*names).where(audit_chains.c.tenant_id == self._tenant_id).with_for_update()
        row = (await self._tx.execute(statement)).mappings().one()
        return AuditChain(**row)

    async def save(self, chain: AuditChain, *, waiting: bool | None = None) -> None:
        values = asdict(chain) if waiting is None else {**asdict(chain), "waiting": waiting}
        mine = audit_chains.c.tenant_id == self._tenant_id
        await self._tx.execute(update(audit_chains).where(mine).values(**values))

    async def unsealed(self, *, limit: int) -> Sequence[AuditEntry]:
        """Give what has no place yet, oldest first."""
        waiting = (self._mine, audit_events.c.sequence.is_(None))
        statement = select(*_COLUMNS).where(*waiting).order_by(audit_events.c.id).limit(limit)
        return [entry_of(dict(row)) for row in (await self._tx.execute(statement)).mappings()]

    async def place(self, places: Sequence[Sealed]) -> None:
        """Write sequences and digests."""
        ids, sequences = [place.id for place in places], [place.sequence for place in places]
        driver = await self._tx.driver()
        await driver.execute(_PLACE, self._tenant_id, ids, sequences, [place.digest for place in places])

    async def note(self, checkpoint: Checkpoint) -> None:
        """Remember where a removal may end later on."""
        row = {"tenant_id": self._tenant_id, "sequence": checkpoint.sequence, "signed_at": checkpoint.signed_at}
        again = select(audit_checkpoints.c.sequence).where(
            audit_checkpoints.c.tenant_id == self._tenant_id, audit_checkpoints.c.sequence == checkpoint.sequence
        )
        if (await self._tx.execute(again)).one_or_none() is None:
            await self._tx.execute(insert(audit_checkpoints).values(row))

    async def signed_before(self, instant: datetime) -> int | None:
        """Give how far the log was signed for before an instant."""
        old = (audit_checkpoints.c.tenant_id == self._tenant_id, audit_checkpoints.c.signed_at < instant)
        found: int | None = (
            await self._tx.execute(select(func.max(audit_checkpoints.c.sequence)).where(*old))
        ).scalar()
        return found

    async def remove(self, *, through: int) -> None:
        """Delete the sealed entries up to and with this one, and the checkpoints before."""
        await self._tx.execute(delete(audit_events).where(self._mine, audit_events.c.sequence <= through))
        before = (audit_checkpoints.c.tenant_id == self._tenant_id, audit_checkpoints.c.sequence < through)
        await self._tx.execute(delete(audit_checkpoints).where(*before))

    async def _ensure_chain(self, *, waiting: bool) -> None:
        began = {"digest": beginning(self._tenant_id), "keep_days": LEAST_DAYS, "waiting": waiting}
        await self._tx.execute(_ENSURE_CHAIN, {"tenant_id": self._tenant_id, **began})


class AuditChains:
    """All tenants' chains, which lie outside of row-level security: they hold digests and numbers alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def needing_work(self, *, at: datetime) -> Sequence[UUID]:
        """Name the tenants that have entries to be sealed or a checkpoint to be signed."""
        due = or_(
            audit_chains.c.waiting,
            audit_chains.c.first != audit_chains.c.signed_first,
            audit_chains.c.unsigned_since <= at - MAX_WAIT,
        )
        async with self._database.transaction() as tx:
            statement = select(audit_chains.c.tenant_id).where(due).order_by(audit_chains.c.tenant_id)
            return (await tx.execute(statement)).scalars().all()
