"""A cycle entered another phase: remember its name, and tell subscribers."""

from collections.abc import Sequence

from services.notifier.usecases.describe import describe
from services.notifier.usecases.ports import Work
from services.notifier.usecases.queue_deliveries import queue_deliveries
from shared.contracts.envelope import Event
from shared.contracts.procedure import CycleChanged


async def on_cycle_changed(events: Sequence[Event[CycleChanged]], work: Work) -> None:
    async with work() as uow:
        for event in events:
            await uow.cycles.keep(event.data)
        await uow.commit()
    await queue_deliveries(work, [describe(event) for event in events])
