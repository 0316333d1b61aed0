"""The gateway over real PostgreSQL, with services behind it that remember what they were asked."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import httpx
import pytest

from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.events.subscriptions import SUBSCRIPTIONS
from services.gateway.wiring import SERVICE, Wiring, wire
from shared.contracts.envelope import EventData
from shared.core.clock import SystemClock
from shared.core.ids import Uuid7
from shared.kit.bus.port import Batch, Message
from shared.kit.consumer import Consumer
from shared.kit.outbox import enclose, message_of
from tests.factories.access import make_admin, make_hr
from tests.factories.front import Front
from tests.factories.installation import Installation, bearer, client_of
from tests.factories.upstream import Upstream


def wired(installation: Installation) -> Wiring:
    return wire(Settings.model_validate(installation.settings("gateway")))


@pytest.fixture(scope="module")
async def wiring(installation: Installation) -> AsyncIterator[Wiring]:
    wiring = wired(installation)
    yield wiring
    await wiring.database.close()


@pytest.fixture(scope="module")
def services() -> dict[str, Upstream]:
    return {service: Upstream() for service in ("archive", "connector", "performance", "notifier")}


@pytest.fixture(autouse=True)
def upstreams(services: dict[str, Upstream]) -> dict[str, Upstream]:
    """Give the services behind the client, which neither answer nor remember anything yet."""
    for service in services.values():
        service.forget()
    return services


@pytest.fixture(scope="module")
async def client(wiring: Wiring, services: dict[str, Upstream]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_app(wiring, dict(services))) as client:
        yield client


@pytest.fixture
async def front(installation: Installation, tenant_id: UUID) -> AsyncIterator[Front]:
    async with AsyncExitStack() as stack:
        yield Front(wired(installation), stack, bearer(make_hr(tenant_id)))


@pytest.fixture
def admin(tenant_id: UUID) -> dict[str, str]:
    return bearer(make_admin(tenant_id))


class Archive:
    """Tells the gateway about people and departments, as the archive's events would."""

    def __init__(self, wiring: Wiring, tenant_id: UUID) -> None:
        self._consumer = Consumer(wiring.bus, wiring.works, SUBSCRIPTIONS, group=SERVICE)
        self._tenant_id = tenant_id

    async def tells(self, *events: EventData) -> None:
        messages = [self._message(event) for event in events]
        batch = Batch("archive.organisation", 0, 0, len(messages), tuple(messages))
        await self._consumer.process(batch)

    def _message(self, event: EventData) -> Message:
        at = SystemClock().now()
        return message_of(enclose(event, source="archive", tenant_id=self._tenant_id, at=at, ids=Uuid7()))


@pytest.fixture
def archive(wiring: Wiring, tenant_id: UUID) -> Archive:
    return Archive(wiring, tenant_id)
