"""Takes exchange rates in and lets the scores follow whose amounts they price."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.exchange_rate import ExchangeRate, days_touched, refuse_unusable
from services.performance.usecases.observations.people_priced import people_priced
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.revisions.propose_revisions import propose_revisions
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause


async def record_rates(work: Work, rates: Sequence[ExchangeRate], *, source: str) -> Mapping[ExchangeRate, int]:
    """Keep what is news and rescore each moving cycle it touches; gives the news with their revisions.

    Frozen and published scores keep the rates they had, and to published ones a revision is proposed. Raises Invalid
    (`rate_of_itself`, `rate_not_positive`, `rate_duplicate`).
    """
    refuse_unusable(rates)
    async with work() as uow:
        cycles = await uow.cycles.moving()  # held, so that what a freeze has not seen is recorded after it
        news = await uow.exchange_rates.record(rates, source=source, at=uow.now())
        for cycle in (*cycles, *await _published(uow, news)) if news else ():
            await _follow(uow, cycle, list(news))
        await uow.commit()
    return news


async def _published(uow: UnitOfWork, news: Collection[ExchangeRate]) -> list[Cycle]:
    """Find the published cycles that rates may price: they never move again, so that nothing need hold them."""
    period = days_touched([*news])
    days = [period.starts_on + timedelta(days=at) for at in range((period.ends_on - period.starts_on).days)]
    return [cycle for cycle in await uow.inputs.cycles_holding(days) if cycle.phase == "published"]


async def _follow(uow: UnitOfWork, cycle: Cycle, news: Sequence[ExchangeRate]) -> None:
    people = await people_priced(uow, cycle, news)
    if people and cycle.phase == "published":
        await propose_revisions(uow, cycle, people)
    elif people:
        await rescore(uow, cycle.id, cause=Cause(kind="exchange_rate"), employee_ids=people, held=cycle)
