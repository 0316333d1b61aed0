"""Webhooks over HTTP: registered, changed, removed; secrets shown once and sealed; hostile URLs; other tenants."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.notifier.app import build_app
from services.notifier.config import Settings
from services.notifier.wiring import Wiring, wire
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.installation import Installation, announce_tenant, bearer, client_of
from tests.factories.notifier import make_scores_changed, tell_notifier
from tests.factories.tenancy import make_tenant
from tests.factories.webhooks import make_hook

pytestmark = pytest.mark.anyio
URL = "https://hr.example.com/steelyard"
BODY = {"url": URL, "event_types": ["score.changed.v1"]}


async def test_a_webhook_is_created_read_listed_changed_and_deleted(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    hook = await make_hook(client, tenant_id, URL, payload="full", description="payroll")
    assert hook.secret.startswith("whsec_")
    read = await client.get(hook.url, headers=hook.headers)
    assert read.headers["etag"] == '"1"'
    assert "secret" not in read.json()
    assert (await client.get("/v1/webhooks", headers=hook.headers)).json()["data"] == [read.json()]
    patch = {"event_types": ["score.published.v1"], "description": None, "enabled": False}
    changed = await client.patch(hook.url, json=patch, headers=hook.headers | {"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert {name: changed.json()[name] for name in patch} == patch
    stale = await client.patch(hook.url, json={"payload": "thin"}, headers=hook.headers | {"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")
    assert (await client.delete(hook.url, headers=hook.headers)).status_code == 204
    assert (await client.get(hook.url, headers=hook.headers)).status_code == 404


async def test_a_repeated_post_creates_once_and_does_not_show_the_secret_again(
    client: httpx.AsyncClient, tenant_id: UUID
) -> None:
    headers = bearer(make_client(tenant_id, "webhooks:write")) | {"Idempotency-Key": "one"}
    first = await client.post("/v1/webhooks", json=BODY, headers=headers)
    again = await client.post("/v1/webhooks", json=BODY, headers=headers)
    assert again.json() == {**first.json(), "secret": None}


async def test_the_secret_lies_sealed(client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID) -> None:
    hook = await make_hook(client, tenant_id, URL)
    async with wiring.database.transaction(tenant_id) as tx:
        sealed = (await tx.execute(text("SELECT value FROM secrets"))).scalar_one()
    assert hook.secret.encode() not in sealed
    assert hook.secret.removeprefix("whsec_").encode() not in sealed
    async with wiring.works.begin(tenant_id) as uow:
        assert [secret.value for secret in await uow.secrets.all()] == [hook.secret]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"event_types": []}, "/event_types"),
        ({"event_types": ["score.changed.v1", "moon.risen.v1"]}, "/event_types/1"),
        ({"event_types": ["webhook.test.v1"]}, "/event_types/0"),
        ({"payload": "fat"}, "/payload"),
        ({"url": ""}, "/url"),
        ({"url": "ftp://example.com"}, "/url"),
        ({"url": "https://user:secret@example.com"}, "/url"),
        ({"description": "x" * 501}, "/description"),
    ],
)
async def test_a_wrong_body_names_the_wrong_place(
    client: httpx.AsyncClient, tenant_id: UUID, fields: dict[str, Any], pointer: str
) -> None:
    response = await client.post("/v1/webhooks", json={**BODY, **fields}, headers=bearer(make_admin(tenant_id)))
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_a_patch_to_null_is_refused(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    hook = await make_hook(client, tenant_id, URL)
    response = await client.patch(hook.url, json={"url": None}, headers=hook.headers)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/url")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "url_scheme"),
        ("https://127.0.0.1/", "url_address"),
        ("https://[::ffff:10.0.0.1]/", "url_address"),
        ("https://169.254.169.254/latest", "url_address"),
        ("https://example.com:22/", "url_port"),
    ],
)
async def test_hostile_urls_are_refused_unless_the_dangerous_setting_admits_them(
    installation: Installation, tenant_id: UUID, url: str, code: str
) -> None:
    wiring = wire(Settings.model_validate(installation.settings("notifier")))
    async with client_of(build_app(wiring)) as client:
        headers = bearer(make_admin(tenant_id))
        created = await client.post("/v1/webhooks", json={**BODY, "url": url}, headers=headers)
        hook = await make_hook(client, tenant_id, URL)
        changed = await client.patch(hook.url, json={"url": url}, headers=headers)
    for response in (created, changed):
        assert (response.status_code, response.json()["code"]) == (422, code)
        assert response.json()["errors"][0]["pointer"] == "/url"


async def test_only_admins_and_systems_with_the_scope_may(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    for principal, status in (
        (make_client(tenant_id, "webhooks:write"), 201),
        (make_client(tenant_id, "scores:read"), 403),
        (make_hr(tenant_id), 403),
        (make_person(tenant_id, uuid4()), 403),
    ):
        response = await client.post("/v1/webhooks", json=BODY, headers=bearer(principal))
        assert response.status_code == status


async def test_another_tenant_sees_nothing(
    client: httpx.AsyncClient, wiring: Wiring, installation: Installation, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, URL)
    await tell_notifier(wiring, tenant_id, make_scores_changed())
    delivery = (await hook.deliveries())[0]
    other = make_tenant()
    await announce_tenant(installation, other)
    headers = bearer(make_admin(other.tenant_id))
    assert (await client.get("/v1/webhooks", headers=headers)).json()["data"] == []
    for method, path in (
        ("GET", hook.url),
        ("PATCH", hook.url),
        ("DELETE", hook.url),
        ("POST", f"{hook.url}/test"),
        ("GET", f"{hook.url}/deliveries"),
        ("GET", f"{hook.url}/deliveries/{delivery['id']}"),
        ("POST", f"{hook.url}/deliveries/{delivery['id']}/resend"),
    ):
        body = {"enabled": False} if method == "PATCH" else None
        response = await client.request(method, path, json=body, headers=headers)
        assert (method, path, response.status_code) == (method, path, 404)
    mine = await make_hook(client, other.tenant_id, URL)
    for path in (f"{mine.url}/deliveries/{delivery['id']}", f"{mine.url}/deliveries/{delivery['id']}/resend"):
        method = "POST" if path.endswith("resend") else "GET"
        assert (await client.request(method, path, headers=headers)).status_code == 404


async def test_deleting_takes_secrets_deliveries_and_attempts_along(
    client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, URL)
    await tell_notifier(wiring, tenant_id, make_scores_changed())
    assert (await client.delete(hook.url, headers=hook.headers)).status_code == 204
    async with wiring.database.transaction(tenant_id) as tx:
        for table in ("endpoints", "secrets", "deliveries", "attempts"):
            count = text(f"SELECT count(*) FROM {table} WHERE tenant_id = :tenant")  # noqa: S608 -- named above
            assert (await tx.execute(count, {"tenant": tenant_id})).scalar_one() == 0
