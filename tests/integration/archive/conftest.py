"""The archive over real PostgreSQL."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from services.archive.app import build_app
from services.archive.config import Settings
from services.archive.wiring import Wiring, wire
from tests.factories.archive import Archive
from tests.factories.installation import Installation, client_of


@pytest.fixture(scope="package")
async def wiring(installation: Installation) -> Wiring:
    return wire(Settings.model_validate(installation.settings("archive")))


@pytest.fixture(scope="package")
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_app(wiring)) as client:
        yield client


@pytest.fixture
def archive(client: httpx.AsyncClient, tenant_id: UUID) -> Archive:
    return Archive(client, tenant_id)
