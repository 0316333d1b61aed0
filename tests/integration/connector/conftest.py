"""The connector over real PostgreSQL, with one business system and the employee W1."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from services.connector.app import build_app
from services.connector.config import Settings
from services.connector.wiring import Wiring, wire
from tests.factories.connector import System, make_employee_changed, make_system, tell_connector
from tests.factories.installation import Installation, client_of


@pytest.fixture(scope="package")
async def wiring(installation: Installation) -> AsyncIterator[Wiring]:
    wiring = wire(Settings.model_validate(installation.settings("connector")))
    yield wiring
    await wiring.database.close()
    await wiring.bus.close()


@pytest.fixture(scope="package")
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_app(wiring)) as client:
        yield client


@pytest.fixture
async def crm(client: httpx.AsyncClient, tenant_id: UUID) -> System:
    return await make_system(client, tenant_id)


@pytest.fixture
async def wang(wiring: Wiring, tenant_id: UUID) -> UUID:
    """Give the employee whose work number is W1."""
    employee = make_employee_changed()
    await tell_connector(wiring, tenant_id, employee)
    return employee.employee_id
