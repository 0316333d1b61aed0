"""Remove what a tenant's audit log need not keep any longer."""

from datetime import datetime, timedelta

from services.gateway.usecases.ports import Work


async def forget_audit(work: Work, *, at: datetime) -> None:
    """Remove the log's beginning up to the last checkpoint that is old enough, so that the rest still verifies.

    The next checkpoint says with which entry the log begins now.
    """
    async with work() as uow:
        chain = await uow.audit_log.chain()
        through = await uow.audit_log.signed_before(at - timedelta(days=chain.keep_days))
        if through is None or through < chain.first:
            return
        await uow.audit_log.remove(through=through)
        await uow.audit_log.save(chain.without(through))
        await uow.commit()
