"""File records into people's files, one or a thousand, each with a fate of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.archive.domain.record import Entry, FilingStatus, Record
from services.archive.usecases.announce import record_changed
from services.archive.usecases.ports import UnitOfWork, Work
from shared.core.access import Grant
from shared.core.errors import Conflict, DomainError, Forbidden, NotFound
from shared.core.separation import refuse_own


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one entry: the record it is now, or why it was refused."""

    status: FilingStatus | Literal["rejected"]
    record: Record | None = None
    refusal: DomainError | None = None


async def file_records(work: Work, entries: Sequence[Entry], *, grant: Grant) -> list[Fate]:
    """Judge the entries in order and write those that stand in one statement.

    The same remote id with the same content is a duplicate, with other content a correction.
    """
    async with work() as uow:
        found = await uow.employees.reached({entry.employee_id for entry in entries}, grant.reach, today=uow.today())
        known = dict(await uow.records.by_remote_id({entry.remote_id for entry in entries if entry.remote_id}))
        fates = [_judge(uow, entry, found=found, known=known, author=grant.principal.employee_id) for entry in entries]
        changed = _last_versions(fates)
        await uow.records.put(changed)
        for record in changed:
            uow.publish(record_changed(record))
        if any(fate.refusal is None for fate in fates):  # where all were refused, nothing was done that counts as done
            await uow.commit()
    return fates


def _judge(uow: UnitOfWork, entry: Entry, *, found: set[UUID], known: dict[str, Record], author: UUID | None) -> Fate:
    try:
        _refuse_file(entry.employee_id, found=found, author=author)
        status, record = _file(uow, entry, known)
    except (NotFound, Forbidden, Conflict) as refusal:
        return Fate("rejected", refusal=refusal)
    if entry.remote_id:
        known[entry.remote_id] = record
    return Fate(status, record)


def _refuse_file(employee_id: UUID, *, found: set[UUID], author: UUID | None) -> None:
    if employee_id not in found:
        raise NotFound.of("employee")
    refuse_own(author, employee_id)


def _file(uow: UnitOfWork, entry: Entry, known: Mapping[str, Record]) -> tuple[FilingStatus, Record]:
    filed = known.get(entry.remote_id) if entry.remote_id else None
    if filed is not None:
        return filed.filed_again(entry, at=uow.now())
    return "accepted", Record.of(entry, record_id=uow.new_id(), at=uow.now())


def _last_versions(fates: Sequence[Fate]) -> list[Record]:
    """Give each changed record once: a batch may correct what it filed itself."""
    changed = {fate.record.id: fate.record for fate in fates if fate.record and fate.status != "duplicate"}
    return list(changed.values())
