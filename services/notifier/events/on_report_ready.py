"""Reports can be read: tell subscribers and each employee."""

from collections.abc import Sequence

from services.notifier.usecases.describe import describe
from services.notifier.usecases.ports import Work
from services.notifier.usecases.queue_deliveries import queue_deliveries
from services.notifier.usecases.tell_of_reports import tell_of_reports
from shared.contracts.envelope import Event
from shared.contracts.procedure import ReportReady


async def on_report_ready(events: Sequence[Event[ReportReady]], work: Work) -> None:
    await queue_deliveries(work, [describe(event) for event in events])
    await tell_of_reports(work, [event.data for event in events])
