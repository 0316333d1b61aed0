"""Metrics over HTTP: definition, change, refusals."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.factories.access import make_hr, make_person
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.procedure import CONVERSION, SALES
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio


async def define(client: httpx.AsyncClient, tenant_id: UUID, document: dict[str, Any]) -> dict[str, Any]:
    response = await client.post("/v1/metrics", json=document, headers=bearer(make_hr(tenant_id)))
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


def said(value: Any) -> Any:
    """Leave out what a side of a ratio does not say."""
    return {name: each for name, each in value.items() if each is not None} if isinstance(value, dict) else value


@pytest.mark.parametrize("document", [SALES, CONVERSION])
async def test_a_metric_reads_back_as_it_was_defined(
    client: httpx.AsyncClient, tenant_id: UUID, document: dict[str, Any]
) -> None:
    created = await define(client, tenant_id, document)
    headers = bearer(make_person(tenant_id, uuid4()))
    read = await client.get(f"/v1/metrics/{created['id']}", headers=headers)
    listed = await client.get("/v1/metrics", headers=headers)
    assert {name: said(read.json()[name]) for name in document} == document
    assert (read.json(), read.headers["etag"]) == (created, '"1"')
    assert listed.json()["data"] == [created]


async def test_a_key_is_used_once(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    await define(client, tenant_id, SALES)
    again = await client.post("/v1/metrics", json=SALES, headers=bearer(make_hr(tenant_id)))
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert [each["pointer"] for each in again.json()["errors"]] == ["/key"]


async def test_a_merge_patch_changes_and_takes_away(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    created = await define(client, tenant_id, {**SALES, "filters": {"channel": ["direct"]}})
    headers = bearer(make_hr(tenant_id)) | {"If-Match": '"1"'}
    url = f"/v1/metrics/{created['id']}"
    changed = await client.patch(url, json={"name": "Turnover", "filters": None}, headers=headers)
    stale = await client.patch(url, json={"name": "Again"}, headers=headers)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["filters"], changed.json()["sequence"]) == ("Turnover", {}, 2)
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"aggregation": "median"}, "/aggregation"),
        ({"aggregation": "ratio"}, "/numerator"),
        ({"missing": {"policy": "exclude_and_rescale", "limit": 10_000}}, "/missing/limit"),
    ],
)
async def test_a_wrong_metric_names_the_wrong_place(
    client: httpx.AsyncClient, tenant_id: UUID, change: dict[str, Any], pointer: str
) -> None:
    response = await client.post("/v1/metrics", json={**SALES, **change}, headers=bearer(make_hr(tenant_id)))
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


async def test_an_employee_defines_nothing(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    response = await client.post("/v1/metrics", json=SALES, headers=bearer(make_person(tenant_id, uuid4())))
    assert (response.status_code, response.json()["code"]) == (403, "not_permitted")


async def test_another_tenant_finds_no_metric(
    client: httpx.AsyncClient, installation: Installation, tenant_id: UUID
) -> None:
    created = await define(client, tenant_id, SALES)
    other = make_tenant()
    await announce_tenant(installation, other)
    url, headers = f"/v1/metrics/{created['id']}", bearer(make_hr(other.tenant_id))
    assert (await client.get(url, headers=headers)).status_code == 404
    assert (await client.patch(url, json={"name": "Mine"}, headers=headers)).status_code == 404
