"""Observations arrived at the connector."""

from collections.abc import Sequence

from services.performance.usecases.observations.record_observations import record_observations
from services.performance.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.observations import ObservationsRecorded


async def on_observations_recorded(events: Sequence[Event[ObservationsRecorded]], work: Work) -> None:
    await record_observations(work, [item for event in events for item in event.data.items])
