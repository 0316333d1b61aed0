"""Contracts are read, and read alone: the tests of a file share applications and what these say of themselves."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from tests.factories.installation import Installation
from tests.installation import running_apps


@pytest.fixture(scope="module")
async def apps(installation: Installation) -> AsyncIterator[dict[str, FastAPI]]:
    """Give every service's application by name, the gateway in front of the others."""
    async with running_apps(installation) as running:
        yield running
