"""Something changed somewhere: let the feed tell of it, beside whatever else is done about it."""

from collections.abc import Sequence
from typing import Any

from services.notifier.usecases.ports import Work
from services.notifier.usecases.record_changes import record_changes
from shared.contracts.envelope import Event
from shared.kit.subscriptions import Handler


async def on_changed(events: Sequence[Event[Any]], work: Work) -> None:
    await record_changes(work, events)


def recorded(handle: Handler) -> Handler:
    """Record the events that a handler is given before it handles them."""

    async def record_and_handle(events: Sequence[Event[Any]], work: Work) -> None:
        await record_changes(work, events)
        await handle(events, work)

    return record_and_handle
