"""The notifier over real PostgreSQL, free to send to this machine, and a subscriber that verifies."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.notifier.app import build_app
from services.notifier.config import Settings
from services.notifier.wiring import Wiring, wire
from tests.factories.installation import Installation, client_of
from tests.factories.notifier import Subscriber, subscribing


@pytest.fixture
async def wiring(installation: Installation) -> AsyncIterator[Wiring]:
    settings = {**installation.settings("notifier"), "dangerous_allow_private_targets": True}
    wiring = wire(Settings.model_validate(settings))
    yield wiring
    await wiring.database.close()
    await wiring.bus.close()


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_app(wiring)) as client:
        yield client


@pytest.fixture
async def subscriber() -> AsyncIterator[Subscriber]:
    async with subscribing(Subscriber()) as subscriber:
        yield subscriber
