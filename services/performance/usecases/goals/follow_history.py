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
        past = [event for event in events if event.kind == "performance"]
        news = [event for event in past if await uow.background.keep_past_performance(event)]
        days = [event.performance.starts_on for event in news if event.performance is not None]
        for cycle in await uow.cycles.moving() if days else ():
            beside = any(day in years_beside(cycle.period) for day in days)
            planned = uow.today() <= cycle.terms.plan_due_on and await uow.cycles.assignments(cycle.id)
            if beside and planned:
                people = await generate_targets(uow, cycle, Act("history"))
                await rescore(uow, cycle.id, cause=_CAUSE, employee_ids=people)
        await uow.commit()
