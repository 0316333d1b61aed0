"""A company in January 2026, before its half-year cycle is opened."""

import httpx
import pytest

from services.performance.wiring import Wiring
from tests.factories.installation import Installation, announce_tenant
from tests.factories.procedure_company import Company
from tests.factories.tenancy import make_tenant


@pytest.fixture
async def company(client: httpx.AsyncClient, wiring: Wiring, installation: Installation) -> Company:
    tenant = make_tenant()
    await announce_tenant(installation, tenant)
    company = Company(client, wiring, tenant)
    await company.move_clock("2026-01-05")
    await company.found()
    return company
