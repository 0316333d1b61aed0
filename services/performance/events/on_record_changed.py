"""A record changed: past performance may show beside targets."""

from collections.abc import Sequence

from services.performance.usecases.goals.follow_history import follow_history
from services.performance.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.records import RecordChanged


async def on_record_changed(events: Sequence[Event[RecordChanged]], work: Work) -> None:
    await follow_history(work, [event.data for event in events])
