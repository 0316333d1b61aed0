"""Somebody must act: remind them."""

from collections.abc import Sequence

from services.notifier.usecases.ports import Work
from services.notifier.usecases.remind import remind
from shared.contracts.envelope import Event
from shared.contracts.procedure import TaskDue


async def on_task_due(events: Sequence[Event[TaskDue]], work: Work) -> None:
    await remind(work, [event.data for event in events])
