"""SCIM 2.0 as its own conformance suite has it: every check of scim2-tester, through the gateway."""

import asyncio
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import CheckResult, Status, check_server

from tests.factories.access import make_client, token_of
from tests.factories.installation import client_of_running
from tests.factories.scim import ERROR
from tests.factories.serving import serving

pytestmark = pytest.mark.anyio

CHECKS = 60
"""Fewer would mean that the suite did not find what there is to check."""


def check(url: str, token: str) -> list[CheckResult]:
    with Client(base_url=f"{url}/scim/v2", headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        return check_server(SyncSCIMClient(client))


async def test_every_check_of_the_suite_succeeds(apps: dict[str, FastAPI], tenant_id: UUID) -> None:
    token = token_of(make_client(tenant_id, "employees:read", "employees:write"))
    async with serving(apps["gateway"]) as url:
        results = await asyncio.to_thread(check, url, token)
    wrong = [f"{result.title}: {result.reason}" for result in results if result.status is not Status.SUCCESS]
    assert not wrong, "\n".join(("", *wrong))
    assert len(results) >= CHECKS


async def test_the_gateway_refuses_in_the_same_words(apps: dict[str, FastAPI]) -> None:
    async with client_of_running(apps["gateway"]) as client:
        response = await client.get("/scim/v2/Users")
    assert (response.status_code, response.json()["schemas"]) == (401, [ERROR])
    assert response.headers["x-request-id"] in response.json()["detail"]
