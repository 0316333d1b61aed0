"""What tests of scoring share."""

import pytest

from services.performance.wiring import Wiring
from tests.factories.moves import Archive, open_service
from tests.factories.sellers import Sellers


@pytest.fixture
async def archive(wiring: Wiring, sellers: Sellers) -> Archive:
    return await open_service(wiring, sellers)
