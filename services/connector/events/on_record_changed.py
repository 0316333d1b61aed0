"""Records of the archive: what they measure becomes observations of the built-in connection."""

from collections.abc import Sequence

from services.connector.usecases.ports import Work
from services.connector.usecases.record_measurements import record_measurements
from shared.contracts.envelope import Event
from shared.contracts.records import RecordChanged


async def on_record_changed(events: Sequence[Event[RecordChanged]], work: Work) -> None:
    await record_measurements(work, [event.data for event in events])
