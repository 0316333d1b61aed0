"""Keeps what people reached in the past, beside which targets are generated and judged."""

from collections.abc import Sequence

from services.performance.domain.goals.history import years_beside
from services.performance.domain.goals.target_history import Act
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.ports import Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.records import RecordChanged
from shared.contracts.scores import Cause

_CAUSE = Cause(kind="target", reference="history")


async def follow_history(work: Work, events: Sequence[RecordChanged]) -> None:
    """Keep past performance; until plans are due, targets of open cycles are generated from it anew."""
    async with work() as uow:
        days = [each for event in events for each in await uow.background.keep_past_performance(event)]
        for cycle in await uow.cycles.moving() if days else ():
            years = years_beside(cycle.period)
            planned = uow.today() <= cycle.terms.plan_due_on and await uow.cycles.assignments(cycle.id)
            if planned and any(each.overlap(years) for each in days):
                people = await generate_targets(uow, cycle, Act("history"))
                await rescore(uow, cycle.id, cause=_CAUSE, employee_ids=people)
        await uow.commit()
