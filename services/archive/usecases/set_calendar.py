"""Say which days the company works, beside Monday to Friday."""

from collections.abc import Sequence
from datetime import date

from services.archive.domain.calendar import Calendar
from services.archive.usecases.announce import calendar_changed
from services.archive.usecases.ports import Work
from shared.core.versions import require_version


async def set_calendar(
    work: Work, *, holidays: Sequence[date], workdays: Sequence[date], expected: int | None
) -> Calendar:
    """Replace the whole calendar. Raises PreconditionFailed, Invalid (`day_twice`)."""
    async with work() as uow:
        known = await uow.calendars.find()
        sequence = known.sequence if known else 0
        require_version(sequence, expected)
        calendar = Calendar.of(holidays=holidays, workdays=workdays, sequence=sequence + 1, at=uow.now())
        await (uow.calendars.save(calendar) if known else uow.calendars.add(calendar))
        uow.publish(calendar_changed(calendar))
        await uow.commit()
    return calendar
