"""Answers how a scorecard came to its total: from observations to aggregates, through rules and weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.explaining.dimension_texts import dimension_documents
from services.performance.domain.explaining.explanation import explain
from services.performance.domain.explaining.shown import Shown
from services.performance.domain.observations.exchange_rate import Pricing
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.metric import Metric, Side
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.dimensions import dimensions_of
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.domain.scoring.scoree import Question, lines_behind
from services.performance.usecases.calibration.explain_calibration import explain_calibration
from services.performance.usecases.explaining.mark_counted import marked
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.ports.observations import Intake
from services.performance.usecases.scoring.price_amounts import pricings
from shared.core.access import Reach
from shared.core.paging import PageRequest

_NOTHING: Mapping[str, Any] = {"score": None, "calibration": None, "sources": ()}
"""What is told of a scorecard that nothing scores."""


async def explain_score(
    work: Work, reach: Reach, scorecard_id: UUID, *, limit: int, as_of: datetime | None = None
) -> Mapping[str, Any]:
    """Explain what the scorecard shows, or showed at `as_of`, listing at most `limit` observations a side of a metric.

    A frozen or published score is explained by what had arrived when it was frozen. Raises NotFound.
    """
    async with work() as uow:
        card = await uow.scorecards.read(scorecard_id, as_of=as_of)
        tree, today = await uow.org.tree(), uow.today()
        card.refuse_beyond(reach, tree=tree, day=today)
        known_by = known_to(card, as_of)

        def most(metric: Metric, question: Question) -> int:
            return limit if may_list(metric, question, reach, tree=tree, day=today) else 0

        return {
            "scorecard_id": card.id,
            "sequence": card.sequence,
            "status": card.status,
            "scheme_id": card.place.scheme_id,
            "scheme_version": card.place.scheme_version,
            **(await _told(uow, card, known_by, most=most) if card.result.segments else _NOTHING),
        }


def known_to(card: Scorecard, as_of: datetime | None) -> datetime | None:
    """Tell by when what stands behind a result had arrived; None for one that moves."""
    return card.counted_until or (None if as_of is None else card.scored_at)


async def _told(
    uow: UnitOfWork, card: Scorecard, known_by: datetime | None, *, most: Callable[[Metric, Question], int]
) -> dict[str, Any]:
    """Tell how a total came about; `most` says how many observations are listed of each question."""
    schemes, cycle = await uow.inputs.schemes(card.result.versions), await uow.inputs.cycle(card.cycle_id)
    asked = {question: item.metric for _, item, question in lines_behind(card, schemes, company_id=uow.tenant_id)}
    sides = [side for metric in asked.values() for side in metric.sides]
    lookup = _Lookup(uow, cycle, await pricings(uow, sides, fixed_on=cycle.period.starts_on), known_by)
    return {
        "score": _explained(cycle, card, schemes),
        "calibration": await explain_calibration(uow, card, schemes),
        "sources": [await lookup.source(metric, each, limit=most(metric, each)) for each, metric in asked.items()],
    }


def may_list(metric: Metric, question: Question, reach: Reach, *, tree: DepartmentTree, day: date) -> bool:
    """Tell whether a caller sees single observations: a department's are not everybody's who was ever in it."""
    within = metric.level == "department" and tree.within(reach, question.subject_id, day)
    return metric.level == "employee" or reach.everything or within


def _explained(cycle: Cycle, card: Scorecard, schemes: Mapping[Version, Scheme]) -> dict[str, Any]:
    shown = Shown(card.result, schemes)
    explained = explain(
        shown.segments,
        rubric=shown.closing.rubric,
        final=card.is_published,
        minimum_workdays=cycle.terms.minimum_workdays,
        overall=shown.overall,
    )
    return {**explained, "dimensions": dimension_documents(dimensions_of(card.result, schemes))}


@dataclass(frozen=True, slots=True)
class _Lookup:
    """Reads what stands behind the numbers of a scorecard, as it was known `as_of` a time."""

    uow: UnitOfWork
    cycle: Cycle
    pricing: Callable[[Side], Pricing | None]
    as_of: datetime | None

    async def source(self, metric: Metric, question: Question, *, limit: int) -> dict[str, Any]:
        sides = [{"role": role, **await self._side(side, question, limit=limit)} for role, side in metric.roles.items()]
        return {"metric": metric.key, "level": metric.level, "subject_id": question.subject_id, "sides": sides}

    async def _side(self, side: Side, question: Question, *, limit: int) -> dict[str, Any]:
        """Show a side's aggregate and the observations behind it; `truncated` where there are more than are listed."""
        subject_id, period, aggregates = question.subject_id, question.period, self.uow.aggregates
        as_of, pricing = self.as_of, self.pricing(side)
        (found,) = await aggregates.of_side(side, [(subject_id, period)], as_of=as_of, pricing=pricing)
        listed = await marked(self.uow, Intake(side, subject_id, period, as_of, pricing), PageRequest(limit=limit))
        through = await aggregates.complete_through([side.measure], as_of=as_of, known_by=self.cycle.frozen_at)
        return {
            **side.to_document(),
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "complete_through": through.get(side.measure),
            "rows": found.rows,
            "value": found.value if found.rows and not found.fault else None,
            "observations": listed.rows,
            "truncated": found.rows > len(listed.rows),
        }
