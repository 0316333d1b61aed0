"""Keep the organisation's copy."""

from collections.abc import Sequence

from services.notifier.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged


async def on_employee_changed(events: Sequence[Event[EmployeeChanged]], work: Work) -> None:
    async with work() as uow:
        for event in events:
            await uow.org.keep_employee(event.data)
        await uow.commit()


async def on_department_changed(events: Sequence[Event[DepartmentChanged]], work: Work) -> None:
    async with work() as uow:
        for event in events:
            await uow.org.keep_department(event.data)
        await uow.commit()


async def on_calendar_changed(events: Sequence[Event[CalendarChanged]], work: Work) -> None:
    async with work() as uow:
        for event in events:
            await uow.org.keep_calendar(event.data)
        await uow.commit()
