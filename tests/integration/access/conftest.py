"""One world for all tests of access, gone after them: its services ask for work as long as it is there."""

from collections.abc import AsyncIterator

import pytest

from tests.factories.installation import Installation
from tests.integration.access.world import built
from tests.integration.access.world.realm import World


@pytest.fixture(scope="package")
async def world(installation: Installation) -> AsyncIterator[World]:
    async with built(installation) as world:
        yield world
