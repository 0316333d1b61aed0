"""What observations say about people, each number with the state of its data."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

import numpy as np

from services.performance.domain.cycle import Cycle
from services.performance.domain.exact import Rationals, integers
from services.performance.domain.observations.exchange_rate import Pricing
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import Metric, Side
from services.performance.domain.scoring.actuals import Actual, Aggregates, actuals_of, is_complete, waiting_for_source
from services.performance.domain.scoring.scoree import Answers, Question
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.price_amounts import pricings


async def measure_actuals(
    uow: UnitOfWork,
    questions: Iterable[tuple[SchemeItem, Question]],
    *,
    cycle: Cycle,
    as_of: datetime | None = None,
) -> Answers:
    """Answer every question: one grouped statement a side of a metric, however many people and segments ask.

    Of currencies with a fixed rate that of the first day of `cycle` counts; a metric may wait for its stale sources.
    """
    asked: dict[str, tuple[Metric, dict[Question, None]]] = {}
    for item, question in questions:
        asked.setdefault(item.metric.key, (item.metric, {}))[1][question] = None
    sides = [side for metric, _ in asked.values() for side in metric.sides]
    measures = {side.measure for side in sides}
    declared = await uow.aggregates.complete_through(measures, as_of=as_of, known_by=cycle.frozen_at)
    measuring = _Measuring(uow, await pricings(uow, sides, fixed_on=cycle.period.starts_on), declared, as_of)
    answers: dict[Question, Actual] = {}
    waiting = await _waiting(uow, cycle, [metric for metric, _ in asked.values()])
    for metric, distinct in asked.values():
        if metric.key in waiting:
            answers |= zip(distinct, waiting_for_source(len(distinct)), strict=True)
            continue
        column = actuals_of(metric, [await measuring.side(side, list(distinct)) for side in metric.sides])
        answers |= zip(distinct, column.each(), strict=True)
    return answers


async def _waiting(uow: UnitOfWork, cycle: Cycle, metrics: Sequence[Metric]) -> Collection[str]:
    """Name the metrics that wait for a source that is stale."""
    patient = {metric.key for metric in metrics if metric.freshness and metric.freshness.policy == "pending"}
    return patient & {each.metric for each in await uow.freshness.stale(cycle.id)} if patient else ()


class _Measuring:
    """Reads a side of a metric for all who ask; `declared` says how complete its sources were before."""

    def __init__(
        self,
        uow: UnitOfWork,
        pricing: Callable[[Side], Pricing | None],
        declared: Mapping[str, date],
        as_of: datetime | None,
    ) -> None:
        self._uow = uow
        self._pricing = pricing
        self._declared = declared
        self._as_of = as_of

    async def side(self, side: Side, questions: list[Question]) -> Aggregates:
        spans = [(question.subject_id, question.period) for question in questions]
        pricing = self._pricing(side)
        found = await self._uow.aggregates.of_side(side, spans, as_of=self._as_of, pricing=pricing)
        through, today = self._declared.get(side.measure), self._uow.today()
        return Aggregates(
            rows=integers(each.rows for each in found),
            values=Rationals.of(*(each.value for each in found)),
            faults=None if pricing is None else np.array([each.fault for each in found]),
            complete=np.array([is_complete(through, period=period, today=today) for _, period in spans]),
        )
