"""A directory that speaks SCIM to the archive."""

from uuid import UUID

import httpx
import pytest

from tests.factories.scim import Directory


@pytest.fixture
def directory(client: httpx.AsyncClient, tenant_id: UUID) -> Directory:
    return Directory(client, tenant_id)
