"""`steelyard topics`: what the bus must know before the first event."""

from deploy.operating.opened import with_bus
from deploy.standalone.settings import Settings
from shared.contracts.topics import TOPICS
from shared.kit.bus.port import Bus


def prepare(settings: Settings) -> None:
    """Create the topics that are missing; safe to run at any time. Raises DeployError where the bus is away."""

    async def create(bus: Bus) -> None:
        await bus.prepare(TOPICS)

    with_bus(settings, create)
