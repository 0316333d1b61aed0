"""What each service holds of the companies of the world."""

from collections.abc import AsyncIterator, Mapping
from importlib import import_module

import pytest

from deploy.migrate import SERVICES
from shared.kit.holdings.tables import Holdings
from tests.factories.installation import Installation


@pytest.fixture
async def holdings(installation: Installation) -> AsyncIterator[Mapping[str, Holdings]]:
    """Give what every service holds, reached as its runtime role."""
    wirings = {
        service: import_module(f"services.{service}.wiring").wire(
            import_module(f"services.{service}.config").Settings(**installation.settings(service))
        )
        for service in SERVICES
    }
    yield {service: wiring.holdings for service, wiring in wirings.items()}
    for wiring in wirings.values():
        await wiring.database.close()
