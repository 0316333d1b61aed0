"""A business target changed: targets follow."""

from collections.abc import Sequence

from services.performance.usecases.goals.follow_business import follow_business
from services.performance.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.observations import BusinessTargetChanged


async def on_business_target_changed(events: Sequence[Event[BusinessTargetChanged]], work: Work) -> None:
    await follow_business(work, [event.data for event in events])
