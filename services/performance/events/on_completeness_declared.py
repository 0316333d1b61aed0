"""A source said that it has delivered everything through a day."""

from collections.abc import Sequence

from services.performance.usecases.observations.declare_complete import declare_complete
from services.performance.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.observations import CompletenessDeclared


async def on_completeness_declared(events: Sequence[Event[CompletenessDeclared]], work: Work) -> None:
    await declare_complete(work, [event.data for event in events])
