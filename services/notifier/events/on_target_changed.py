"""A target has another value: tell subscribers."""

from collections.abc import Sequence

from services.notifier.usecases.describe import describe
from services.notifier.usecases.ports import Work
from services.notifier.usecases.queue_deliveries import queue_deliveries
from shared.contracts.envelope import Event
from shared.contracts.procedure import TargetChanged


async def on_target_changed(events: Sequence[Event[TargetChanged]], work: Work) -> None:
    await queue_deliveries(work, [describe(event) for event in events])
