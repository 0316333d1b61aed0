"""The notifier over real PostgreSQL, free to send to this machine, and a subscriber that verifies."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from services.notifier.app import build_app
from services.notifier.config import Settings
from services.notifier.wiring import Wiring, wire
from tests.factories.access import make_client
from tests.factories.installation import Installation, client_of
from tests.factories.webhooks import Subscriber, subscribing
from tests.integration.notifier.following import EVERYTHING_READ, Reader
from tests.integration.notifier.inboxes import Company, found_company


@pytest.fixture(scope="package")
async def wiring(installation: Installation) -> AsyncIterator[Wiring]:
    settings = {**installation.settings("notifier"), "dangerous_allow_private_targets": True}
    wiring = wire(Settings.model_validate(settings))
    yield wiring
    await wiring.database.close()
    await wiring.bus.close()


@pytest.fixture(scope="package")
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_app(wiring)) as client:
        yield client


@pytest.fixture
async def subscriber() -> AsyncIterator[Subscriber]:
    async with subscribing(Subscriber()) as subscriber:
        yield subscriber


@pytest.fixture
def system(client: httpx.AsyncClient, tenant_id: UUID) -> Reader:
    return Reader(client, make_client(tenant_id, *EVERYTHING_READ))


@pytest.fixture
async def company(client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID) -> Company:
    return await found_company(client, wiring, tenant_id)
