"""Requests made to cost more than they should: bodies, heads and headers that once brought other servers down."""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from deploy.standalone.settings import ROOT
from tests.factories.access import make_admin
from tests.factories.installation import bearer, client_of_running

pytestmark = pytest.mark.anyio
DEEP = 100_000
FLOORS = {"starlette": (0, 49, 1), "h11": (0, 16, 0), "aiohttp": (3, 12, 14), "cryptography": (44, 0, 1)}
"""Where CVE-2025-54121 and -62727 (starlette), -43859 (h11), -53643 (aiohttp) and CVE-2024-12797 are mended."""
SERVES_FILES = ("FileResponse", "StaticFiles", "UploadFile", "python_multipart")


@pytest.fixture
async def gateway(apps: dict[str, FastAPI]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of_running(apps["gateway"]) as client:
        yield client


@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b'{"code": "X", "name": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"code": "X", "name": ' + b"9" * DEEP + b"}",
        b'{"code": "X", "name": 1e99999999}',
        b'{"code": "X", "name": "\xff\xfe"}',
        b'{"code": "X", "name": "\\ud800"}',
    ],
    ids=["arrays", "objects", "closed", "digits", "exponent", "bytes", "surrogate"],
)
@pytest.mark.parametrize("path", ["/v1/departments", "/v1/schemes", "/v1/sessions", "/v1/accounts"])
async def test_a_body_no_parser_likes_is_refused_and_breaks_nothing(
    gateway: httpx.AsyncClient, tenant_id: UUID, path: str, body: bytes
) -> None:
    headers = {**bearer(make_admin(tenant_id)), "Content-Type": "application/json"}
    answer = await gateway.post(path, content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["1e1000000", "1e-99999999999999999999", "9" * 100_000, "0." + "0" * 100_000 + "1"])
async def test_a_number_that_would_take_for_ever_is_refused(
    gateway: httpx.AsyncClient, tenant_id: UUID, number: str
) -> None:
    period = {"starts_on": "2026-01-01", "ends_on": "2026-07-01", "plan_due_on": "2026-01-20"}
    body = {"name": "2026 H1", **period, "confirmation_threshold": number}
    answer = await gateway.post("/v1/cycles", json=body, headers=bearer(make_admin(tenant_id)))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/confirmation_threshold")


@pytest.mark.parametrize("header", ["Range", "Accept", "Accept-Encoding", "If-None-Match", "Cookie", "Forwarded"])
async def test_a_header_of_many_parts_costs_no_more_than_a_short_one(
    gateway: httpx.AsyncClient, tenant_id: UUID, header: str
) -> None:
    parts = ",".join(f"{at}-{at + 1}" for at in range(5_000))
    asked = {**bearer(make_admin(tenant_id)), header: f"bytes={parts}"}
    for path in ("/v1/departments", "/v1/openapi.json", "/docs"):
        answer = await gateway.get(path, headers=asked)
        assert answer.status_code == 200
        assert "content-range" not in answer.headers


def test_the_locked_versions_are_ones_in_which_it_is_mended() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([\d.]+)", lock, re.MULTILINE))
    versions = {name: tuple(map(int, locked[name].split("."))) for name in FLOORS if name in locked}
    assert {"starlette", "aiohttp"} <= versions.keys()
    assert {name for name, version in versions.items() if version < FLOORS[name]} == set()


def test_no_service_serves_or_takes_files() -> None:
    sources = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in sources if any(word in path.read_text("utf-8") for word in SERVES_FILES)] == []
