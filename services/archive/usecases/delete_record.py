"""Take a record out of a file; a tombstone stays, so that whoever measured it hears of it."""

from uuid import UUID

from services.archive.usecases.announce import record_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import require_reach
from shared.core.access import Grant
from shared.core.separation import refuse_own


async def delete_record(work: Work, record_id: UUID, *, grant: Grant) -> None:
    """Delete once; again changes nothing.

    Raises NotFound, Forbidden (`separation_of_duties`), Conflict (`record_of_scorecard`).
    """
    async with work() as uow:
        record = await uow.records.get(record_id)
        await require_reach(uow, record.employee_id, grant.reach, noun="record")
        refuse_own(grant.principal.employee_id, record.employee_id)
        if not record.deleted:
            removed = record.removed(at=uow.now())
            await uow.records.save(removed)
            uow.publish(record_changed(removed))
        await uow.commit()
