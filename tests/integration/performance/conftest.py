"""The performance engine over real PostgreSQL."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.performance.app import build_app
from services.performance.config import Settings
from services.performance.wiring import Wiring, wire
from tests.factories.installation import Installation, client_of


@pytest.fixture
async def wiring(installation: Installation) -> AsyncIterator[Wiring]:
    wiring = wire(Settings.model_validate(installation.settings("performance")))
    yield wiring
    await wiring.database.close()
    await wiring.bus.close()


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_app(wiring)) as client:
        yield client
