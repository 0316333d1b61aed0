"""What observations say about people under one scheme, each number with the state of its data."""

from collections.abc import Sequence
from datetime import datetime

from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual, actual_at, actuals_of, is_complete
from services.performance.domain.scoring.people import Scoree, aggregates_for
from services.performance.usecases.ports import UnitOfWork
from shared.core.periods import Period


async def measure_actuals(
    uow: UnitOfWork, scheme: Scheme, people: Sequence[Scoree], *, period: Period, as_of: datetime | None = None
) -> list[dict[str, Actual]]:
    """Give each person's actuals by metric key: one grouped statement a side of a metric, however many people."""
    metrics = {item.metric.key: item.metric for item in scheme.counted}
    through = await uow.aggregates.complete_through({name for metric in metrics.values() for name in metric.measures})
    rows: list[dict[str, Actual]] = [{} for _ in people]
    for metric in metrics.values():
        subjects = [person.subject(metric) for person in people]
        sides = []
        for side in metric.sides:
            found = await uow.aggregates.of_side(side, period=period, subject_ids=set(subjects), as_of=as_of)
            complete = is_complete(through.get(side.measure), period=period, today=uow.today())
            sides.append(aggregates_for(subjects, found, complete=complete))
        column = actuals_of(metric, sides)
        for at, row in enumerate(rows):
            row[metric.key] = actual_at(column, at)
    return rows
