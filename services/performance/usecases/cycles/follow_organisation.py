"""Keeps the organisation's copy, and lets running cycles follow it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.usecases.goals.realign_goals import realign_goals
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.open_scorecards import open_scorecards
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged
from shared.contracts.scores import Cause

OrganisationEvent = EmployeeChanged | DepartmentChanged | CalendarChanged
_CAUSE = Cause(kind="organisation")


async def follow_organisation(work: Work, events: Sequence[OrganisationEvent]) -> None:
    """Keep newer documents, then bring plans, targets and scorecards of open cycles to them."""
    async with work() as uow:
        news = [event for event in events if await _keep(uow, event)]
        people = [event.employee_id for event in news if isinstance(event, EmployeeChanged)]
        everybody = len(people) < len(news)  # a department or the calendar may concern anyone
        for cycle in await uow.cycles.moving() if news else ():
            await _follow(uow, cycle, None if everybody else people)
        await uow.commit()


async def _keep(uow: UnitOfWork, event: OrganisationEvent) -> bool:
    if isinstance(event, EmployeeChanged):
        return await uow.org.keep_employee(event)
    if isinstance(event, DepartmentChanged):
        return await uow.org.keep_department(event)
    return await uow.org.keep_calendar(event)


async def _follow(uow: UnitOfWork, cycle: Cycle, people: Collection[UUID] | None) -> None:
    moved = await realign_goals(uow, cycle)
    if cycle.phase == "running":
        await open_scorecards(uow, cycle)
        concerned = None if people is None else {*people, *moved}
        await rescore(uow, cycle.id, cause=_CAUSE, employee_ids=concerned)
