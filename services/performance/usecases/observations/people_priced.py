"""Whose scores exchange rates price."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.exchange_rate import ExchangeRate, days_touched
from services.performance.domain.schemes.metric import Side
from services.performance.usecases.ports import UnitOfWork


async def people_priced(uow: UnitOfWork, cycle: Cycle, news: Sequence[ExchangeRate]) -> Collection[UUID]:
    """Name the people of a cycle whose amounts, or whose department's or company's, some rates convert."""
    days, bases = days_touched(news), {rate.base for rate in news}
    by_day, fixed = await _measures(uow, cycle, news)
    fixed = fixed if cycle.period.starts_on in days else set()
    if not by_day and not fixed:
        return ()
    touches = await uow.exchange_rates.touched(cycle.period, days, bases=bases, by_day=by_day, fixed=fixed)
    return await uow.scorecards.people_under(cycle.id, touches) if touches else ()


async def _measures(
    uow: UnitOfWork, cycle: Cycle, news: Sequence[ExchangeRate]
) -> tuple[Collection[str], Collection[str]]:
    """Find the measures that the cycle's schemes convert by the news: day by day, and by a fixed rate."""
    sides = [side for side in await _sides(uow, cycle) if side.currency is not None]
    seen = await uow.exchange_rates.currencies({side.measure for side in sides}) if sides else {}
    found: dict[str, set[str]] = {"transaction_date": set(), "cycle_fixed": set()}
    for side in sides:
        bases = {rate.base for rate in news if side.currency is not None and rate.quote == side.currency.code}
        if side.currency is not None and not bases.isdisjoint(seen.get(side.measure, ())):
            found[side.currency.conversion].add(side.measure)
    return found["transaction_date"], found["cycle_fixed"]


async def _sides(uow: UnitOfWork, cycle: Cycle) -> list[Side]:
    schemes = (await uow.inputs.rulebook(cycle.id)).schemes.values()
    return [side for scheme in schemes for item in scheme.counted for side in item.metric.sides]
