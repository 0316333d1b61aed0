"""What the performance listens to."""

from services.performance.events.on_completeness_declared import on_completeness_declared
from services.performance.events.on_observations_recorded import on_observations_recorded
from shared.contracts.observations import CompletenessDeclared, ObservationsRecorded
from shared.kit.consumer import Subscriptions

SUBSCRIPTIONS = Subscriptions(
    {
        ObservationsRecorded: on_observations_recorded,
        CompletenessDeclared: on_completeness_declared,
    },
)
