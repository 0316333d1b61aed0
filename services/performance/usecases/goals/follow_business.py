"""Keeps what the business wants to reach, and lets the targets of open cycles follow it."""

from collections.abc import Sequence

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target_history import Act
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.observations import BusinessTargetChanged
from shared.contracts.scores import Cause


async def follow_business(work: Work, events: Sequence[BusinessTargetChanged]) -> None:
    """Apply changes up to a cycle's threshold at once; larger ones wait for HR's confirmation."""
    async with work() as uow:
        news = [(event, days) for event in events if (days := await uow.background.keep_business_target(event))]
        for cycle in await uow.cycles.moving() if news else ():
            touching = [event for event, days in news if any(each.overlap(cycle.period) for each in days)]
            if touching and await uow.cycles.assignments(cycle.id):
                await _follow(uow, cycle, touching[-1])
        await uow.commit()


async def _follow(uow: UnitOfWork, cycle: Cycle, last: BusinessTargetChanged) -> None:
    people = await generate_targets(uow, cycle, Act("business"))
    cause = Cause(kind="target", reference=f"{last.source}/{last.metric}")
    if people:
        await rescore(uow, cycle.id, cause=cause, employee_ids=people)
