"""Seal what waits in a tenant's audit log, and let how far it goes be signed outside of the database."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from services.gateway.domain.audit.chain import AuditChain, Checkpoint
from services.gateway.usecases.ports import Work

BATCH = 1000
Deposit = Callable[[Checkpoint], Awaitable[None]]
"""Signs a checkpoint and lays it where the database cannot reach; what it has taken is on disk."""


async def seal_audit(work: Work, deposit: Deposit, *, at: datetime, closing: bool = False) -> AuditChain:
    """Give every waiting entry its place; sign where that is due, or where the log is `closing` for an export.

    Entries are sealed in a commit of their own before they are signed for, so that no checkpoint speaks of what may
    still be undone. One that was signed and not noted is signed once more.
    """
    chain, sealed = await _seal(work, at)
    while sealed == BATCH:
        chain, sealed = await _seal(work, at)
    if chain.is_due(at=at) or (closing and chain.sequence > chain.signed_sequence):
        chain = await _sign(work, deposit, chain.checkpoint(at=at))
    return chain


async def _seal(work: Work, at: datetime) -> tuple[AuditChain, int]:
    async with work() as uow:
        chain = await uow.audit_log.chain()
        entries = await uow.audit_log.unsealed(limit=BATCH)
        chain, places = chain.sealed(entries, at=at)
        await uow.audit_log.place(places)
        await uow.audit_log.save(chain, waiting=len(entries) == BATCH)
        await uow.commit()
    return chain, len(places)


async def _sign(work: Work, deposit: Deposit, checkpoint: Checkpoint) -> AuditChain:
    await deposit(checkpoint)
    async with work() as uow:
        chain = (await uow.audit_log.chain()).signed(checkpoint)
        await uow.audit_log.note(checkpoint)
        await uow.audit_log.save(chain)
        await uow.commit()
    return chain
