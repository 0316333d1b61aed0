"""Provisional scores moved: tell subscribers of each scorecard, and people where a rule or target was the cause."""

from collections.abc import Sequence

from services.notifier.usecases.describe import describe_changes
from services.notifier.usecases.ports import Work
from services.notifier.usecases.queue_deliveries import queue_deliveries
from services.notifier.usecases.tell_of_scores import tell_of_scores
from shared.contracts.envelope import Event
from shared.contracts.scores import ScoresChanged


async def on_scores_changed(events: Sequence[Event[ScoresChanged]], work: Work) -> None:
    await queue_deliveries(work, [message for event in events for message in describe_changes(event)])
    await tell_of_scores(work, [event.data for event in events])
