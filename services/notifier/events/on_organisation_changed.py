"""Keep the organisation's copy, and let the feed tell of what is news: documents may be told again."""

from collections.abc import Sequence

from services.notifier.usecases.ports import Work
from services.notifier.usecases.record_changes import record_changes
from shared.contracts.envelope import Event
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged


async def on_employee_changed(events: Sequence[Event[EmployeeChanged]], work: Work) -> None:
    async with work() as uow:
        news = [event for event in events if await uow.org.keep_employee(event.data)]
        await uow.commit()
    await record_changes(work, news)


async def on_department_changed(events: Sequence[Event[DepartmentChanged]], work: Work) -> None:
    async with work() as uow:
        news = [event for event in events if await uow.org.keep_department(event.data)]
        await uow.commit()
    await record_changes(work, news)


async def on_calendar_changed(events: Sequence[Event[CalendarChanged]], work: Work) -> None:
    async with work() as uow:
        news = [event for event in events if await uow.org.keep_calendar(event.data)]
        await uow.commit()
    await record_changes(work, news)
