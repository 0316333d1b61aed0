"""One world for all tests of access."""

from collections.abc import AsyncIterator

import pytest

from tests.factories.installation import Installation
from tests.integration.access.world import built
from tests.integration.access.world.realm import World


@pytest.fixture(scope="session")
async def world(installation: Installation) -> AsyncIterator[World]:
    async with built(installation) as world:
        yield world
