"""Results became final, or were revised: tell subscribers, and of a revision the person."""

from collections.abc import Sequence

from services.notifier.usecases.describe import describe_published, describe_revised
from services.notifier.usecases.ports import Work
from services.notifier.usecases.queue_deliveries import queue_deliveries
from services.notifier.usecases.tell_of_revisions import tell_of_revisions
from shared.contracts.envelope import Event
from shared.contracts.scores import ScorePublished, ScoreRevised


async def on_score_published(events: Sequence[Event[ScorePublished]], work: Work) -> None:
    await queue_deliveries(work, [describe_published(event) for event in events])


async def on_score_revised(events: Sequence[Event[ScoreRevised]], work: Work) -> None:
    await queue_deliveries(work, [describe_revised(event) for event in events])
    await tell_of_revisions(work, [event.data for event in events])
