"""A final result becomes part of a person's performance history."""

from collections.abc import Sequence
from datetime import date

from services.archive.domain.result import Result
from services.archive.events.metrics import past_computed, past_metrics
from services.archive.usecases.keep_results import keep_results
from services.archive.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.scores import ScorePublished


async def on_score_published(events: Sequence[Event[ScorePublished]], work: Work) -> None:
    await keep_results(work, [_result(event.data) for event in events])


def _result(score: ScorePublished) -> Result:
    return Result(
        scorecard_id=score.scorecard_id,
        employee_id=score.employee_id,
        sequence=score.sequence,
        starts_on=date.fromisoformat(score.cycle_starts_on),
        ends_on=date.fromisoformat(score.cycle_ends_on),
        metrics=past_metrics(score.items, score.metrics),
        total=score.total,
        grade=score.grade,
        computed=past_computed(score.computed),
    )
