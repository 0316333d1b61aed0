"""A department's plan moved: tell subscribers and those whom it concerns."""

from collections.abc import Sequence

from services.notifier.usecases.describe import describe
from services.notifier.usecases.ports import Work
from services.notifier.usecases.queue_deliveries import queue_deliveries
from services.notifier.usecases.tell_of_plans import tell_of_plans
from shared.contracts.envelope import Event
from shared.contracts.procedure import PlanChanged


async def on_plan_changed(events: Sequence[Event[PlanChanged]], work: Work) -> None:
    await queue_deliveries(work, [describe(event) for event in events])
    await tell_of_plans(work, [event.data for event in events])
