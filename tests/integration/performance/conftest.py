"""The performance engine over real PostgreSQL: three sellers in a running half-year, and what tests look at."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from services.performance.app import build_app
from services.performance.config import Settings
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.observations.record_observations import record_observations
from services.performance.wiring import Wiring, wire
from shared.contracts.observations import ObservationItem
from tests.factories.calibration import Table
from tests.factories.installation import Installation, announce_tenant, client_of
from tests.factories.procedure_company import Company
from tests.factories.sellers import Sellers, freeze, open_sellers, three_facts
from tests.factories.simulations import Desk
from tests.factories.tenancy import make_tenant

Observe = Callable[..., Awaitable[None]]
Cards = Callable[[], Awaitable[dict[UUID, Scorecard]]]


@pytest.fixture(scope="package")
async def wiring(installation: Installation) -> AsyncIterator[Wiring]:
    wiring = wire(Settings.model_validate(installation.settings("performance")))
    yield wiring
    await wiring.database.close()
    await wiring.bus.close()


@pytest.fixture(scope="package")
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_app(wiring)) as client:
        yield client


@pytest.fixture
async def sellers(wiring: Wiring, tenant_id: UUID) -> Sellers:
    return await open_sellers(wiring, tenant_id)


@pytest.fixture
async def company(client: httpx.AsyncClient, wiring: Wiring, installation: Installation) -> Company:
    """Give a company in January 2026, before its half-year cycle is opened."""
    tenant = make_tenant()
    await announce_tenant(installation, tenant)
    company = Company(client, wiring, tenant)
    await company.move_clock("2026-01-05")
    await company.found()
    return company


@pytest.fixture
def observe(wiring: Wiring, tenant_id: UUID) -> Observe:
    """Give a function that lets observations arrive in one batch."""

    async def arrive(*items: ObservationItem) -> None:
        await record_observations(wiring.works.of(tenant_id), items)

    return arrive


@pytest.fixture
def cards(wiring: Wiring, sellers: Sellers) -> Cards:
    """Give a function that reads the scorecards by employee."""

    async def read() -> dict[UUID, Scorecard]:
        async with wiring.works.begin(sellers.tenant_id) as uow:
            return {card.employee_id: card for card in await uow.scorecards.of_cycle(sellers.cycle_id)}

    return read


@pytest.fixture
async def desk(client: httpx.AsyncClient, sellers: Sellers, observe: Observe) -> Desk:
    """Give HR at work on simulations of the sellers, who have sold what is well known."""
    await observe(*three_facts(sellers))
    return Desk(client, sellers)


@pytest.fixture
async def table(client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe) -> Table:
    await observe(*three_facts(sellers))
    await freeze(wiring, sellers)
    return Table(client, sellers)
