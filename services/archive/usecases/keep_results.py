"""Keep published and revised results as the performance history of people's files."""

from collections.abc import Sequence
from uuid import UUID

from services.archive.domain.record import Record
from services.archive.domain.result import Result
from services.archive.usecases.announce import record_changed
from services.archive.usecases.ports import Work


async def keep_results(work: Work, results: Sequence[Result]) -> None:
    """Let the newest version of each scorecard win, whatever comes first. Raises NotFound (`period_unknown`)."""
    async with work() as uow:
        known = dict(await uow.records.by_id({result.record_id for result in results}))
        changed: dict[UUID, Record] = {}
        for result in results:
            record = result.record(known.get(result.record_id), at=uow.now())
            if record is not None:
                known[record.id] = changed[record.id] = record
        await uow.records.put(list(changed.values()))
        for record in changed.values():
            uow.publish(record_changed(record))
        await uow.commit()
