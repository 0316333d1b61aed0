"""All five services as one machine runs them, in memory, over one migrated database."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from importlib import import_module

import pytest
from fastapi import FastAPI

from deploy.migrate import SERVICES
from deploy.standalone.web import assemble
from tests.factories.installation import Installation


@pytest.fixture
async def apps(installation: Installation) -> AsyncIterator[dict[str, FastAPI]]:
    """Give every service's application by name, the gateway in front of the others."""
    wirings = {}
    for service in SERVICES:
        settings = import_module(f"services.{service}.config").Settings
        wirings[service] = import_module(f"services.{service}.wiring").wire(settings(**installation.settings(service)))
    async with AsyncExitStack() as stack:
        apps = assemble(wirings)
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield apps
