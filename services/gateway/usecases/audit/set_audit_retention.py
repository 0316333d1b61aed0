"""Say for how long a tenant's audit log is kept."""

from services.gateway.domain.audit.chain import AuditChain
from services.gateway.usecases.ports import Work


async def set_audit_retention(work: Work, *, keep_days: int) -> AuditChain:
    """Raise Invalid (`retention_out_of_range`) below half a year."""
    async with work() as uow:
        chain = (await uow.audit_log.chain()).keeping(keep_days)
        await uow.audit_log.save(chain)
        await uow.commit()
    return chain
