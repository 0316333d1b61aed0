"""Answers how a scorecard came to its total: from observations to aggregates, through rules and weights."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.schemes.metric import Side
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.explanation import explain
from services.performance.domain.scoring.people import shown_overall, shown_segment, subjects_of
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Reach


async def explain_score(work: Work, reach: Reach, scorecard_id: UUID, *, limit: int) -> Mapping[str, Any]:
    """Explain what the scorecard shows now, listing at most `limit` observations a side of a metric.

    A frozen or published score is explained by what had arrived when it was frozen. Raises NotFound.
    """
    async with work() as uow:
        card = await uow.scorecards.read(scorecard_id)
        card.refuse_beyond(reach, tree=await uow.org.tree(), day=uow.today())
        scheme = await _scheme(uow, card)
        document: dict[str, Any] = {
            "scorecard_id": card.id,
            "sequence": card.sequence,
            "status": card.status,
            "scheme_id": card.place.scheme_id,
            "scheme_version": card.place.scheme_version,
        }
        if scheme is None:
            return {**document, "score": None, "sources": []}
        score = explain(
            [shown_segment(scheme, card.result)],
            rubric=scheme.rubric,
            final=card.is_published,
            overall=shown_overall(scheme, card.result),
        )
        return {**document, "score": score, "sources": await _sources(uow, card, scheme, limit=limit)}


async def _scheme(uow: UnitOfWork, card: Scorecard) -> Scheme | None:
    if card.place.version is None or not card.result.items:
        return None
    return (await uow.inputs.rulebook(card.cycle_id)).schemes[card.place.version]


async def _sources(uow: UnitOfWork, card: Scorecard, scheme: Scheme, *, limit: int) -> list[dict[str, Any]]:
    cycle = await uow.inputs.cycle(card.cycle_id)
    metrics = {item.metric.key: item.metric for item in scheme.counted}
    sources = []
    for metric in metrics.values():
        subject_id = subjects_of(card.employee_id, card.place, company_id=uow.tenant_id)[metric.level]
        sides = [
            {"role": role, **await _side(uow, cycle, side, subject_id=subject_id, limit=limit, as_of=card.frozen_at)}
            for role, side in metric.roles.items()
        ]
        sources.append({"metric": metric.key, "level": metric.level, "subject_id": subject_id, "sides": sides})
    return sources


async def _side(
    uow: UnitOfWork, cycle: Cycle, side: Side, *, subject_id: UUID, limit: int, as_of: datetime | None
) -> dict[str, Any]:
    """Show a side's aggregate and the observations behind it; `truncated` where there are more than are listed."""
    period = cycle.period
    found = await uow.aggregates.of_side(side, period=period, subject_ids=[subject_id], as_of=as_of)
    rows, value = found.get(subject_id, (0, None))
    counted = await uow.aggregates.counted(side, period=period, subject_id=subject_id, limit=limit, as_of=as_of)
    through = await uow.aggregates.complete_through([side.measure])
    return {
        **side.to_document(),
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "complete_through": through.get(side.measure),
        "rows": rows,
        "value": value,
        "observations": counted,
        "truncated": rows > len(counted),
    }
