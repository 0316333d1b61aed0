"""Takes observations in and lets the scores they touch follow."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.observation import Touch
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.revisions.propose_revisions import propose_revisions
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.observations import FIRST_REVISION, ObservationItem
from shared.contracts.scores import Cause


async def record_observations(work: Work, items: Sequence[ObservationItem]) -> None:
    """Keep what is news and rescore each running cycle it touches once, that of the day it had before among them.

    A lower revision than the one known is ignored. What arrives after its cycle was frozen is kept and flagged as
    late; results that stand still do not move, and to published ones a revision is proposed.
    """
    newest = _newest(items)
    async with work() as uow:
        moved = await uow.observations.days_known([item for item in newest if item.revision > FIRST_REVISION])
        cycles = await uow.inputs.cycles_holding(moved.union(*map(_days, newest)), steady=True)
        late = [_is_late(item, cycles) for item in newest]
        touches = await uow.observations.record(newest, late=late, at=uow.now(), today=uow.today())
        counting = await _counting(uow, touches)
        for cycle in cycles:
            await _follow(uow, cycle, [touch for touch in counting if touch.falls_in(cycle.period)])
        await uow.commit()


def _newest(items: Sequence[ObservationItem]) -> list[ObservationItem]:
    """Keep the highest revision of each observation and subject: one statement cannot write a row twice."""
    newest: dict[tuple[UUID, UUID | None], ObservationItem] = {}
    for item in items:
        key = (item.observation_id, item.subject_id)
        if key not in newest or newest[key].revision < item.revision:
            newest[key] = item
    return list(newest.values())


def _days(item: ObservationItem) -> Collection[date]:
    return {item.credit_date, item.cohort_date or item.credit_date}


def _is_late(item: ObservationItem, cycles: Sequence[Cycle]) -> bool:
    return any(cycle.is_closed and day in cycle.period for cycle in cycles for day in _days(item))


async def _counting(uow: UnitOfWork, touches: Sequence[Touch]) -> list[Touch]:
    """Keep the touches of measures that some metric counts at that level."""
    metrics = (await uow.metrics.by_key()).values()
    counted = {(measure, metric.level) for metric in metrics for measure in metric.measures}
    return [touch for touch in touches if (touch.measure, touch.subject_kind) in counted]


async def _follow(uow: UnitOfWork, cycle: Cycle, touches: Sequence[Touch]) -> None:
    people = await uow.scorecards.people_under(cycle.id, touches) if touches else ()
    if people and cycle.phase == "published":
        await propose_revisions(uow, cycle, people)
    elif people:
        await rescore(uow, cycle.id, cause=Cause(kind="observations"), employee_ids=people, held=cycle)
