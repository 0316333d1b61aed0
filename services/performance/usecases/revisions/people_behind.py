"""Whose published results late data may have changed."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.usecases.observations.people_priced import people_priced
from services.performance.usecases.observations.people_waiting import people_waiting
from services.performance.usecases.ports import UnitOfWork


async def people_behind_late_data(uow: UnitOfWork, cycle: Cycle) -> Collection[UUID]:
    """Name those about whom an observation, a rate or the word of a complete source came after the freeze."""
    touches = await uow.observations.late(cycle.period, since=cycle.frozen_at)
    people = set(await uow.scorecards.people_under(cycle.id, touches) if touches else ())
    rates = await uow.exchange_rates.recorded_since(cycle.frozen_at)
    advances = await uow.observations.advanced_since(cycle.frozen_at)
    return people.union(
        await people_priced(uow, cycle, rates) if rates else (), await people_waiting(uow, cycle, advances)
    )
