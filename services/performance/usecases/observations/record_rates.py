"""Takes exchange rates in and lets the scores follow whose amounts they price."""

from collections.abc import Collection, Mapping, Sequence

from services.performance.domain.cycle import Cycle
from services.performance.domain.schemes.metric import Side
from services.performance.domain.scoring.exchange_rate import ExchangeRate, days_touched, refuse_unusable
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause


async def record_rates(work: Work, rates: Sequence[ExchangeRate], *, source: str) -> Mapping[ExchangeRate, int]:
    """Keep what is news and rescore each moving cycle it touches; gives the news with their revisions.

    Frozen and published scores keep the rates they had. Raises Invalid (`rate_of_itself`, `rate_not_positive`,
    `rate_duplicate`).
    """
    refuse_unusable(rates)
    async with work() as uow:
        cycles = await uow.cycles.moving()  # held, so that what a freeze has not seen is recorded after it
        news = await uow.exchange_rates.record(rates, source=source, at=uow.now())
        for cycle in cycles if news else ():
            await _follow(uow, cycle, list(news))
        await uow.commit()
    return news


async def _follow(uow: UnitOfWork, cycle: Cycle, news: Sequence[ExchangeRate]) -> None:
    days, bases = days_touched(news), {rate.base for rate in news}
    by_day, fixed = await _measures(uow, cycle, news)
    if not by_day and not (fixed and cycle.period.starts_on in days):
        return
    fixed = fixed if cycle.period.starts_on in days else set()
    touches = await uow.exchange_rates.touched(cycle.period, days, bases=bases, by_day=by_day, fixed=fixed)
    people = await uow.scorecards.people_under(cycle.id, touches) if touches else ()
    if people:
        await rescore(uow, cycle.id, cause=Cause(kind="exchange_rate"), employee_ids=people, held=cycle)


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
