"""Notes which sources have become stale or fresh again, and lets the scores that wait for them follow."""

from collections.abc import Sequence
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.staleness import StaleSource, stale_sources
from services.performance.domain.schemes.metric import Metric
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.revisions.propose_revisions import propose_revisions
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause


async def watch_freshness(work: Work) -> None:
    """Look at every cycle whose results move, and at published ones that wait; what is frozen stays as it was."""
    async with work() as uow:
        metrics = [metric for metric in (await uow.metrics.by_key()).values() if metric.freshness is not None]
        for cycle in await uow.inputs.running_cycles():
            if await _stale(uow, cycle, metrics) != await uow.freshness.stale(cycle.id):
                await _follow(uow, cycle.id, metrics)
        waiting = await uow.freshness.waiting()
        await uow.commit()
    for cycle_id in waiting:  # each by itself: cycles are locked in the order of their ids
        async with work() as uow:
            await _catch_up(uow, cycle_id, metrics)
            await uow.commit()


async def _follow(uow: UnitOfWork, cycle_id: UUID, metrics: Sequence[Metric]) -> None:
    """Look again with the cycle in hand, which a freeze may have had meanwhile."""
    cycle = await uow.cycles.get(cycle_id)
    if cycle.is_closed:
        return
    known, stale = await uow.freshness.stale(cycle.id), await _stale(uow, cycle, metrics)
    await uow.freshness.keep(cycle.id, stale)
    moved = {each.metric for each in stale} ^ {each.metric for each in known}
    waiting = {metric.key for metric in metrics if metric.freshness and metric.freshness.policy == "pending"}
    if moved & waiting:
        await rescore(uow, cycle.id, cause=Cause(kind="freshness"), held=cycle)


async def _catch_up(uow: UnitOfWork, cycle_id: UUID, metrics: Sequence[Metric]) -> None:
    """Propose to revise what was published without numbers, once no source of theirs is stale any more."""
    cycle = await uow.cycles.get(cycle_id)
    known, stale = await uow.freshness.stale(cycle.id), await _stale(uow, cycle, metrics)
    left = {each for each in known if each.feed in {still.feed for still in stale}}
    if left == known:
        return
    await uow.freshness.keep(cycle.id, left)
    caught_up = {each.metric for each in known} - {each.metric for each in left}
    if caught_up:
        await propose_revisions(uow, cycle, await uow.scorecards.people_without(cycle.id, caught_up))


async def _stale(uow: UnitOfWork, cycle: Cycle, metrics: Sequence[Metric]) -> frozenset[StaleSource]:
    ages = await uow.freshness.ages({measure for metric in metrics for measure in metric.measures})
    calendar = await uow.org.calendar()
    return frozenset(stale_sources(metrics, ages, cycle=cycle.period, today=uow.today(), calendar=calendar))
