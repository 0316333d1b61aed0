"""A scheme's version was published: tell subscribers, and everybody who is scored by it."""

from collections.abc import Sequence

from services.notifier.usecases.describe import describe
from services.notifier.usecases.ports import Work
from services.notifier.usecases.queue_deliveries import queue_deliveries
from services.notifier.usecases.tell_of_schemes import tell_of_schemes
from shared.contracts.envelope import Event
from shared.contracts.procedure import SchemePublished


async def on_scheme_published(events: Sequence[Event[SchemePublished]], work: Work) -> None:
    await queue_deliveries(work, [describe(event) for event in events])
    await tell_of_schemes(work, [event.data for event in events])
