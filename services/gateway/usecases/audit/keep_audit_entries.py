"""Take in what services tell of their callers."""

from collections.abc import Sequence

from services.gateway.domain.audit.chain import AuditEntry
from services.gateway.usecases.ports import Work


async def keep_audit_entries(work: Work, entries: Sequence[AuditEntry]) -> None:
    """Keep entries; they get their places in the log when they are sealed."""
    async with work() as uow:
        await uow.audit_log.add(entries)
        await uow.commit()
