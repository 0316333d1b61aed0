"""The standalone stack as a user has it: real processes, a real port, a database of its own."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from deploy.demo.client import Api, Caller
from deploy.standalone.database import prepare
from deploy.standalone.postgres import free_port
from deploy.standalone.settings import Settings
from deploy.standalone.stack import Stack
from deploy.tenants import create_tenant
from tests.factories.installation import PLENTIFUL

ADMIN = "admin"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Start the stack once for all journeys; each brings a tenant of its own."""
    settings = Settings(var=tmp_path_factory.mktemp("stack"), port=free_port())
    stack = Stack(settings, environment={"STEELYARD_DANGEROUS_ALLOW_PRIVATE_TARGETS": "1", **PLENTIFUL})
    try:
        stack.up(prepare)
        yield settings
    finally:
        stack.down()


@dataclass(frozen=True, slots=True)
class World:
    """A new sandbox tenant and its first admin."""

    api: Api
    tenant: str
    admin: Caller


@pytest.fixture
async def world(running: Settings) -> AsyncIterator[World]:
    tenant = await create_tenant(running, name="Journey", sandbox=True, admin=ADMIN)
    async with Api(running.base_url) as api:
        name = str(tenant.id)
        yield World(api, name, api.person(tenant=name, username=ADMIN, password=tenant.password))
