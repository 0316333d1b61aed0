"""A revised result takes the place of the published one in a person's performance history."""

from collections.abc import Sequence

from services.archive.domain.result import Result
from services.archive.events.metrics import past_computed, past_metrics
from services.archive.usecases.keep_results import keep_results
from services.archive.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.scores import ScoreRevised


async def on_score_revised(events: Sequence[Event[ScoreRevised]], work: Work) -> None:
    await keep_results(work, [_result(event.data) for event in events])


def _result(score: ScoreRevised) -> Result:
    return Result(
        scorecard_id=score.scorecard_id,
        employee_id=score.employee_id,
        sequence=score.sequence,
        metrics=past_metrics(score.items, score.metrics),
        total=score.total,
        grade=score.grade,
        computed=past_computed(score.computed),
    )
