"""Take a source's word that it has sent everything up to a day, where its control totals agree."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.connector.domain.completeness import (
    ControlTotals,
    Totals,
    Watermark,
    refuse_difference,
    refuse_ended,
    refuse_going_on,
)
from services.connector.usecases.ports import UnitOfWork, Work
from shared.contracts.observations import CompletenessDeclared
from shared.core.errors import Conflict, Violation, placed
from shared.core.periods import FOREVER, Period


@dataclass(frozen=True, slots=True)
class Declaration:
    agrees: bool
    totals: Totals


async def declare_completeness(
    work: Work,
    source: str,
    measure: str,
    *,
    starts_on: date,
    complete_through: date,
    control: ControlTotals,
    accept_difference: bool,
    ended: bool = False,
) -> Declaration:
    """Compare the days `starts_on` to `complete_through` (both included) and move the watermark forward.

    A source that has `ended` sends nothing of later days either, so that nobody waits for it; that is not taken back.
    Raises NotFound (`source_unknown`), Invalid (`period_empty`), Conflict (`connection_built_in`, `day_not_over`,
    `control_totals_differ` unless `accept_difference`, `source_goes_on`, `source_ended`).
    """
    with placed("/complete_through"):
        period = Period(starts_on, complete_through + timedelta(days=1))
    async with work() as uow:
        connection = await uow.connections.named(source)
        connection.refuse_outsiders()
        _refuse_day_ahead(complete_through, today=uow.today())
        totals = await uow.observations.totals(connection.id, measure, period)
        if not accept_difference:
            refuse_difference(control, totals)
        watermark = Watermark(connection.id, measure, complete_through, declared_at=uow.now(), ended=ended)
        await _refuse_contradiction(uow, watermark)
        if await uow.watermarks.advance(watermark):
            uow.publish(
                CompletenessDeclared(source=source, measure=measure, complete_through=complete_through, ended=ended)
            )
        await uow.commit()
    return Declaration(not list(control.differences(totals.received)), totals)


def _refuse_day_ahead(day: date, *, today: date) -> None:
    if day > today:
        code, detail = "day_not_over", "A day that has not come yet cannot be complete."
        raise Conflict(code, detail, violations=[Violation("/complete_through", code, detail)])


async def _refuse_contradiction(uow: UnitOfWork, watermark: Watermark) -> None:
    if watermark.ended:
        later = Period(watermark.complete_through + timedelta(days=1), FOREVER)
        refuse_going_on((await uow.observations.totals(watermark.connection_id, watermark.measure, later)).received)
    else:
        refuse_ended((await uow.watermarks.of(watermark.connection_id)).get(watermark.measure))
