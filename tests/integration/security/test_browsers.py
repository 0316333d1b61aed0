"""What a browser could be talked into: running what is data, or sending what its user never meant to send."""

from uuid import UUID

import pytest
from fastapi import FastAPI

from tests.factories.access import make_admin
from tests.factories.installation import bearer, client_of_running

pytestmark = pytest.mark.anyio
SCRIPT = "<script>alert(document.domain)</script>"
SIMPLE = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/jsonp")
"""What a form or a script of another site may send without asking first, and what only looks like JSON."""


@pytest.mark.parametrize("kind", SIMPLE)
async def test_what_another_site_could_send_unasked_changes_nothing(
    apps: dict[str, FastAPI], tenant_id: UUID, kind: str
) -> None:
    admin = bearer(make_admin(tenant_id))
    async with client_of_running(apps["gateway"]) as client:
        sent = b'{"code": "X", "name": "X"}'
        answer = await client.post("/v1/departments", content=sent, headers={**admin, "Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
        assert (await client.get("/v1/departments", headers=admin)).json()["data"] == []


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
async def test_json_is_json_however_it_is_written(apps: dict[str, FastAPI], tenant_id: UUID, kind: str) -> None:
    admin = bearer(make_admin(tenant_id))
    async with client_of_running(apps["gateway"]) as client:
        sent = b'{"code": "X", "name": "X"}'
        answer = await client.post("/v1/departments", content=sent, headers={**admin, "Content-Type": kind})
    assert answer.status_code == 201


async def test_a_script_in_a_name_stays_data(apps: dict[str, FastAPI], tenant_id: UUID) -> None:
    admin = bearer(make_admin(tenant_id))
    async with client_of_running(apps["gateway"]) as client:
        made = await client.post("/v1/departments", json={"code": "X", "name": SCRIPT}, headers=admin)
        wrong = await client.get(f"/v1/departments/{SCRIPT}", headers=admin)
        page = await client.get("/docs")
    assert made.json()["name"] == SCRIPT
    for answer in (made, wrong):
        assert answer.headers["content-type"].split("+")[-1].endswith("json")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in page.text


async def test_no_answer_leaves_a_cookie_that_a_browser_would_send_by_itself(
    apps: dict[str, FastAPI], tenant_id: UUID
) -> None:
    admin = bearer(make_admin(tenant_id))
    account = {"username": f"wang-{tenant_id}", "password": "a long enough password"}
    async with client_of_running(apps["gateway"]) as client:
        answers = [
            await client.post("/v1/accounts", json=account, headers=admin),
            await client.post("/v1/sessions", json=account),
            await client.get("/docs"),
            await client.get("/v1/accounts", headers=admin),
        ]
        assert [answer.status_code for answer in answers] == [201, 201, 200, 200]
        assert all("set-cookie" not in answer.headers for answer in answers)
        token = answers[1].json()["access_token"]
        by_cookie = {"Cookie": f"access_token={token}; token={token}; Authorization=Bearer {token}"}
        assert (await client.get("/v1/departments", headers=by_cookie)).status_code == 401
