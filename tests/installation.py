"""A migrated database for each run, a tenant for each test, all five services in memory for each file that asks."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from importlib import import_module
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI
from sqlalchemy.engine import make_url

from deploy.migrate import SERVICES, migrate
from deploy.standalone.database import runtime_url
from deploy.standalone.locks import exclusive
from deploy.standalone.web import assemble
from shared.kit.bus.postgres.log import SCHEMA as BUS
from shared.kit.crypto import KeyRing
from tests.factories.access import write_jwks, write_signing_key
from tests.factories.installation import Installation, announce_tenant
from tests.factories.tenancy import make_tenant

_PASSWORDS = {name: f"{name}-password" for name in (*SERVICES, BUS)}


async def _recreate(admin_url: str, name: str) -> None:
    connection = await asyncpg.connect(admin_url.replace("+asyncpg", "", 1))
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def installation(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Give a freshly migrated database and the keys of its tokens."""
    name = os.environ.get("STEELYARD_TEST_DATABASE", "steelyard_test") + os.environ.get("PYTEST_XDIST_WORKER", "")
    admin_url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with exclusive(tmp_path_factory.getbasetemp().parent / "migrating"):  # roles are shared by a server's databases
        asyncio.run(_recreate(postgres_url, name))
        asyncio.run(migrate(admin_url, passwords=_PASSWORDS))
    folder = tmp_path_factory.mktemp("keys")
    sealing = folder / "sealing.json"
    KeyRing.create(sealing)
    urls = {service: runtime_url(admin_url, service, _PASSWORDS[service]) for service in (*SERVICES, BUS)}
    return Installation(
        admin_url=admin_url,
        urls=urls,
        jwks_file=write_jwks(folder),
        signing_key_file=write_signing_key(folder),
        secrets_key_file=sealing,
    )


@pytest.fixture
async def tenant_id(installation: Installation) -> UUID:
    """Give a new tenant that every service knows."""
    tenant = make_tenant()
    await announce_tenant(installation, tenant)
    return tenant.tenant_id


@pytest.fixture(scope="module")
async def apps(installation: Installation) -> AsyncIterator[dict[str, FastAPI]]:
    """Give every service's application by name, the gateway in front of the others; the tests of a file share them."""
    wirings = {}
    for service in SERVICES:
        settings = import_module(f"services.{service}.config").Settings
        wirings[service] = import_module(f"services.{service}.wiring").wire(settings(**installation.settings(service)))
    async with AsyncExitStack() as stack:
        apps = assemble(wirings)
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield apps
