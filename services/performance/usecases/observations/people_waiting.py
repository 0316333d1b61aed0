"""Whose scores wait for what sources have yet to say."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.completeness import Advance
from services.performance.usecases.ports import UnitOfWork


async def people_waiting(uow: UnitOfWork, cycle: Cycle, advances: Sequence[Advance]) -> Collection[UUID]:
    """Name the people of a cycle for whom nothing, or not enough, was known of a measure that is now more complete."""
    measures = {each.measure for each in advances if each.reaches_into(cycle.period)}
    schemes = (await uow.inputs.rulebook(cycle.id)).schemes.values() if measures else ()
    counted = [item.metric for scheme in schemes for item in scheme.counted]
    metrics = {metric.key for metric in counted if not metric.measures.isdisjoint(measures)}
    return await uow.scorecards.people_without(cycle.id, metrics) if metrics else ()
