"""Departments over HTTP: the tree, its heads, refusals, repeated posts, other tenants."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.archive.wiring import Wiring
from tests.factories.access import make_hr, make_person
from tests.factories.archive import Archive, published
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio


async def post(client: httpx.AsyncClient, tenant_id: UUID, code: str, **fields: Any) -> dict[str, Any]:
    response = await client.post(
        "/v1/departments",
        json={"code": code, "name": f"Department {code}", **fields},
        headers=bearer(make_hr(tenant_id)),
    )
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


async def test_a_department_is_created_read_and_listed(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    created = await post(client, tenant_id, "S")
    headers = bearer(make_person(tenant_id, uuid4()))
    read = await client.get(f"/v1/departments/{created['id']}", headers=headers)
    listed = await client.get("/v1/departments", headers=headers)
    assert read.json() == created
    assert read.headers["etag"] == '"1"'
    assert listed.json() == {"data": [created], "next_cursor": None}


async def test_pages_follow_the_cursor_to_the_end(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    ids = [(await post(client, tenant_id, f"D{n}"))["id"] for n in range(5)]
    headers, seen, cursor = bearer(make_hr(tenant_id)), [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/departments", params=params, headers=headers)).json()
        seen += [row["id"] for row in page["data"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == ids


@pytest.mark.parametrize("cursor", ["garbage", "WyJub3QtYS11dWlkIl0", "WzFd", "é"])
async def test_a_cursor_of_garbage_is_refused(client: httpx.AsyncClient, tenant_id: UUID, cursor: str) -> None:
    response = await client.get("/v1/departments", params={"cursor": cursor}, headers=bearer(make_hr(tenant_id)))
    assert (response.status_code, response.json()["code"]) == (422, "cursor_invalid")


async def test_the_same_key_creates_once_and_replays_the_answer(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    headers = bearer(make_hr(tenant_id)) | {"Idempotency-Key": "one"}
    body = {"code": "S", "name": "Sales"}
    first = await client.post("/v1/departments", json=body, headers=headers)
    again = await client.post("/v1/departments", json=body, headers=headers)
    other = await client.post("/v1/departments", json={**body, "code": "T"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await client.get("/v1/departments", headers=headers)).json()["data"]) == 1


async def test_a_department_cannot_lie_below_itself(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    top = await post(client, tenant_id, "A")
    below = await post(client, tenant_id, "B", parent_id=top["id"])
    response = await client.patch(
        f"/v1/departments/{top['id']}", json={"parent_id": below["id"]}, headers=bearer(make_hr(tenant_id))
    )
    assert (response.status_code, response.json()["code"]) == (409, "department_circle")


async def test_two_heads_on_one_day_are_refused_with_their_place(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    created = await post(client, tenant_id, "A")
    heads = [
        {"employee_id": str(uuid4()), "starts_on": "2026-01-01"},
        {"employee_id": str(uuid4()), "starts_on": "2026-03-01"},
    ]
    url = f"/v1/departments/{created['id']}/heads"
    response = await client.put(url, json={"heads": heads}, headers=bearer(make_hr(tenant_id)))
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/heads/1"


async def test_heads_are_appointed_and_announced(archive: Archive, wiring: Wiring) -> None:
    department, head, deputy = await archive.department(), await archive.employee("H"), await archive.employee("D")
    heads = [
        {"employee_id": head, "kind": "head", "starts_on": "2026-01-01", "ends_on": None},
        {"employee_id": deputy, "kind": "acting", "starts_on": "2026-02-01", "ends_on": "2026-03-01"},
    ]
    appointed = await archive.send("PUT", f"departments/{department}/heads", {"heads": heads})
    assert (appointed.status_code, appointed.json()["heads"], appointed.headers["etag"]) == (200, heads, '"2"')
    assert (await archive.read(f"departments/{department}"))["heads"] == heads
    told = (await published(wiring, archive.tenant_id, "department.changed.v1"))[-1]
    assert (told["sequence"], told["data"]["heads"]) == ("2", heads)


async def test_a_head_is_somebody_of_the_archive(archive: Archive) -> None:
    url = f"departments/{await archive.department()}/heads"
    heads = [
        {"employee_id": await archive.employee(), "starts_on": "2026-01-01", "ends_on": "2026-02-01"},
        {"employee_id": str(uuid4()), "starts_on": "2026-02-01"},
    ]
    refused = await archive.send("PUT", url, {"heads": heads})
    assert (refused.status_code, refused.json()["code"]) == (404, "reference_not_found")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/heads/1/employee_id"]


async def test_a_patch_keeps_what_it_leaves_out_and_refuses_null(archive: Archive) -> None:
    top = await archive.department("top")
    below = await archive.department("below", parent_id=top)
    refused = await archive.send("PATCH", f"departments/{below}", {"name": None})
    changed = await archive.send("PATCH", f"departments/{below}", {"parent_id": None, "name": "Moved"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name")
    shown = changed.json()
    assert (shown["code"], shown["name"], shown["parent_id"], shown["sequence"]) == ("below", "Moved", None, 2)


async def test_lists_filter_by_code_and_parent(archive: Archive) -> None:
    top = await archive.department("top")
    below = await archive.department("below", parent_id=top)
    assert [row["id"] for row in (await archive.read(f"departments?parent_id={top}"))["data"]] == [below]
    assert [row["id"] for row in (await archive.read("departments?code=top"))["data"]] == [top]


async def test_two_moves_at_once_make_no_circle(archive: Archive) -> None:
    a, b = await archive.department("A"), await archive.department("B")
    answers = await asyncio.gather(
        archive.send("PATCH", f"departments/{a}", {"parent_id": b}),
        archive.send("PATCH", f"departments/{b}", {"parent_id": a}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"code": "A", "name": "A", "colour": "red"}, "/colour"),
        ({"code": "A", "name": 7}, "/name"),
        ({"code": "A"}, "/name"),
        ({"code": "", "name": "A"}, "/code"),
    ],
)
async def test_a_wrong_body_names_the_wrong_place(
    client: httpx.AsyncClient, tenant_id: UUID, body: dict[str, Any], pointer: str
) -> None:
    response = await client.post("/v1/departments", json=body, headers=bearer(make_hr(tenant_id)))
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_a_nul_byte_is_refused(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    response = await client.post(
        "/v1/departments", json={"code": "A\x00", "name": "A"}, headers=bearer(make_hr(tenant_id))
    )
    assert (response.status_code, response.json()["code"]) == (422, "nul_refused")


async def test_an_employee_may_read_but_not_write(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    headers = bearer(make_person(tenant_id, uuid4()))
    response = await client.post("/v1/departments", json={"code": "A", "name": "A"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "not_permitted")


async def test_nobody_gets_in_without_a_token(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/departments")
    assert (response.status_code, response.json()["code"]) == (401, "token_missing")


async def test_a_stale_version_is_refused(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    created = await post(client, tenant_id, "A")
    url, hr = f"/v1/departments/{created['id']}", bearer(make_hr(tenant_id))
    changed = await client.patch(url, json={"name": "B"}, headers=hr | {"If-Match": '"1"'})
    stale = await client.patch(url, json={"name": "C"}, headers=hr | {"If-Match": '"1"'})
    assert (changed.status_code, stale.status_code, stale.json()["code"]) == (200, 412, "version_changed")


async def test_another_tenant_sees_nothing(
    client: httpx.AsyncClient, installation: Installation, tenant_id: UUID
) -> None:
    created = await post(client, tenant_id, "A")
    other = make_tenant()
    await announce_tenant(installation, other)
    headers = bearer(make_hr(other.tenant_id))
    assert (await client.get(f"/v1/departments/{created['id']}", headers=headers)).status_code == 404
    assert (await client.get("/v1/departments", headers=headers)).json()["data"] == []
    below = {"code": "B", "name": "B", "parent_id": created["id"]}
    assert (await client.post("/v1/departments", json=below, headers=headers)).status_code == 404
