"""The world of the matrix, built once a session: two tenants that look the same in all five services."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from deploy.migrate import SERVICES
from deploy.standalone.web import assemble
from shared.contracts.work import Work
from shared.kit.unit_of_work import Works
from tests.factories.carrying import Carrier
from tests.factories.installation import Installation, announce_tenant
from tests.factories.tenancy import make_tenant
from tests.integration.access.world import archive, connector, gateway, notifier, performance
from tests.integration.access.world.realm import Hand, Realm, World

Wirings = dict[str, Any]
Clients = Mapping[str, httpx.AsyncClient]


class Untraced:
    """Units of work whose commits are lent and never taken back, so that whatever a request does is undone after it."""

    def __init__(self, works: Works[Any]) -> None:
        self._works = works

    def __getattr__(self, name: str) -> Any:
        return getattr(self._works, name)

    @asynccontextmanager
    async def begin(self, tenant_id: UUID) -> AsyncIterator[Any]:
        async with self._works.begin(tenant_id) as unit:
            unit.lend()
            yield unit

    def of(self, tenant_id: UUID) -> Work[Any]:
        return lambda: self.begin(tenant_id)


@asynccontextmanager
async def built(installation: Installation) -> AsyncIterator[World]:
    wirings = wired(installation)
    async with AsyncExitStack() as stack:
        for wiring in wirings.values():
            stack.push_async_callback(wiring.bus.close)
        speaking = await clients_of(stack, assemble(wirings))
        ours, theirs = [await founded(installation, wirings, speaking) for _ in range(2)]
        untraced = {service: replace(wiring, works=Untraced(wiring.works)) for service, wiring in wirings.items()}
        apps = assemble(untraced)
        yield World(ours, theirs, apps, await clients_of(stack, apps))


def wired(installation: Installation) -> Wirings:
    wirings = {}
    for service in SERVICES:
        settings = import_module(f"services.{service}.config").Settings
        wirings[service] = import_module(f"services.{service}.wiring").wire(settings(**installation.settings(service)))
    return wirings


async def clients_of(stack: AsyncExitStack, apps: Mapping[str, FastAPI]) -> Clients:
    clients = {}
    for service, app in apps.items():
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")
        clients[service] = await stack.enter_async_context(client)
    return clients


async def founded(installation: Installation, wirings: Wirings, clients: Clients) -> Realm:
    tenant = make_tenant()
    await announce_tenant(installation, tenant)
    realm = Realm(tenant.tenant_id)
    hand = Hand(realm, clients, Carrier(wirings, realm.tenant_id))
    await archive.found(hand)
    await hand.carrier.carry()
    await connector.connect(hand)
    await hand.carrier.carry()
    await performance.assess(hand)
    await hand.carrier.carry()
    await notifier.subscribe(hand)
    await gateway.admit(hand)
    return realm
