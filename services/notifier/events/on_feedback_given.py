"""Somebody gave feedback: tell the employee."""

from collections.abc import Sequence

from services.notifier.usecases.ports import Work
from services.notifier.usecases.tell_of_feedback import tell_of_feedback
from shared.contracts.envelope import Event
from shared.contracts.procedure import FeedbackGiven


async def on_feedback_given(events: Sequence[Event[FeedbackGiven]], work: Work) -> None:
    await tell_of_feedback(work, [event.data for event in events])
